/// Archives with entries: zip, tar, 7z.
extension ReportWalk {
    mutating func readArchive(
        _ input: ByteStream, _ format: ArchiveLayer.Format, at place: Place,
        into visitor: inout some ReportVisitor
    ) throws -> Outcome {
        var others = Findings()
        var hasDocuments = false
        do {
            let layer = try ArchiveLayer(
                input, format: format, meter: place.meter, path: place.path, limits: limits)
            while let entry = try layer.nextEntry() {
                guard entry.isFile, !Self.isClutter(entry.name) else { continue }
                entriesLeft -= 1
                guard entriesLeft >= 0 else { throw tooManyEntries(at: place) }
                var inner = try place.entry(entry.name, limits)
                inner.isPlain = false
                inner.isMailPart = false
                if entry.isEncrypted {
                    try refuse(encrypted(at: inner.path), into: &visitor)
                    hasDocuments = true
                    continue
                }
                let bytes = layer.openEntry(noting: inner.irregularities)
                switch try read(bytes, at: inner, into: &visitor) {
                case .documents: hasDocuments = true
                case .nothing(let what): others.add(what)
                }
                // What is left of a bomb would have to be decompressed to be passed over.
                if place.meter.isExhausted { return .documents }
            }
        } catch let fault as ArchiveLayer.Fault {
            try refuse(
                fault.isEncrypted
                    ? encrypted(at: place.path)
                    : ReportRefusal(
                        .corruptArchive, path: place.path,
                        "The archive is damaged or incomplete"
                            + (hasDocuments ? "; what came before was read" : "")
                            + " (\(fault.reason)). Ask for it again, or check how it was saved."),
                into: &visitor)
            return .documents
        }
        if hasDocuments { return .documents }
        return .nothing(others.describe("an archive", items: "files"))
    }

    func tooManyEntries(at place: Place) -> ReportRefusal {
        ReportRefusal(
            .tooManyEntries, path: place.path,
            "It holds more than \(Plain.number(Int64(limits.entries))) files, so the rest was left "
                + "out. Unpack it yourself and hand over its files in smaller portions.")
    }

    private func encrypted(at path: String) -> ReportRefusal {
        ReportRefusal(
            .encrypted, path: path,
            "It is encrypted with a password, so it cannot be read. Unpack it with the password "
                + "and hand over what is inside, or ask the sender for it without encryption.")
    }

    /// What archive programs add on their own.
    private static func isClutter(_ name: String) -> Bool {
        let parts = name.split(separator: "/")
        return parts.first == "__MACOSX" || parts.last == ".DS_Store"
            || parts.last?.hasPrefix("._") == true
    }
}

/// What lay in a container instead of reports, counted.
struct Findings {
    private var counts: [String: Int] = [:]
    private var total = 0

    mutating func add(_ what: String) {
        total += 1
        if counts.count < 8 || counts[what] != nil { counts[what, default: 0] += 1 }
    }

    /// `an archive with 3 files, none of them a report (a picture ×2, a web page)`.
    func describe(_ container: String, items: String) -> String {
        guard total > 0 else { return "\(container) without any \(items)" }
        let list = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            .map { $0.value == 1 ? $0.key : "\($0.key) ×\($0.value)" }
        let number = total == 1 ? "one of the \(items)" : "\(total) \(items)"
        return "\(container) with \(number), no report among them (\(list.joined(separator: ", ")))"
    }
}
