import DNS

/// A change as people read it: each set of records with what goes, what comes and what stays.
public enum ChangeText {
    /// One set of records in words and lines; the lines are as a zone file writes them, so that no
    /// letter in them can steer a terminal or a page.
    public struct SetLines: Hashable, Sendable {
        public var name: String
        public var type: String
        public var removed: [String]
        public var added: [String]
        public var kept: [String]
        /// `may be kept for 300 seconds, before 3,600`; nil where that stays.
        public var timeToLive: String?
        /// True where nothing was there before, and where nothing is afterwards.
        public var isNew: Bool
        public var isDeleted: Bool
    }

    public static func sets(_ change: ZoneChange) -> [SetLines] {
        change.sets.map { set in
            let type = set.type
            func lines(_ data: [RecordData]) -> [String] { data.map { $0.presentation(as: type) } }
            let seconds = set.timeToLiveChange.map {
                "may be kept for \(PlanNumbers.count(Int64($0.after))) seconds, before "
                    + PlanNumbers.count(Int64($0.before))
            }
            return SetLines(
                name: set.name.description, type: type.description, removed: lines(set.removed),
                added: lines(set.added), kept: lines(set.kept), timeToLive: seconds,
                isNew: set.before == nil, isDeleted: set.after == nil)
        }
    }

    /// For a terminal: the exact difference, then what follows from it.
    public static func render(_ change: ZoneChange) -> String {
        var text = "Change of the DNS of \(change.domain): \(plain(change.reason))\n"
        if !change.askedBy.isEmpty { text += "Asked for by \(plain(change.askedBy)).\n" }
        for set in sets(change) {
            let mark = set.isNew ? " (new)" : set.isDeleted ? " (nothing is left)" : ""
            text += "\n\(set.type) \(set.name)\(mark)\n"
            for line in set.removed { text += "  - \(line)\n" }
            for line in set.added { text += "  + \(line)\n" }
            for line in set.kept { text += "    \(line)\n" }
            if let seconds = set.timeToLive { text += "  (\(seconds))\n" }
        }
        if change.isDangerous {
            text += "\nWhat follows from it:\n"
            for sentence in change.consequences { text += "  * \(plain(sentence))\n" }
        }
        return text
    }

    /// One line without controls or changes of direction.
    static func plain(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            result.unicodeScalars.append(isUnseen(scalar) ? "\u{FFFD}" : scalar)
        }
        return result
    }

    static func isUnseen(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
            .paragraphSeparator:
            true
        default: false
        }
    }
}
