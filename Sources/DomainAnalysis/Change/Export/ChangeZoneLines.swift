import DNS

/// A change as lines for a zone file: the records that shall stand there, and as comments those
/// that go.
public enum ChangeZoneLines {
    public static func render(_ change: ZoneChange) -> String {
        var text = "; Change of the DNS of \(change.domain): \(ChangeText.plain(change.reason))\n"
        for set in change.sets {
            text += ";\n"
            switch (set.before, set.after) {
            case (nil, _): text += "; \(set.type) of \(set.name): new\n"
            case (_, nil): text += "; \(set.type) of \(set.name): take out all of these\n"
            default:
                text +=
                    "; \(set.type) of \(set.name): put these in the place of all that is there\n"
            }
            for record in records(set, set.before) { text += "; was: \(record)\n" }
            for record in records(set, set.after) { text += "\(record)\n" }
        }
        return text
    }

    private static func records(_ set: RecordSetChange, _ side: RecordSet?) -> [ResourceRecord] {
        (side?.data ?? []).map {
            ResourceRecord(
                name: set.name, type: set.type, timeToLive: side?.timeToLive ?? 0, data: $0)
        }
    }
}
