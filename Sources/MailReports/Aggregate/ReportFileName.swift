/// The name of a report's file: `receiver!policy-domain!begin!end[!unique-id].xml[.gz]`
/// (RFC 7489 §7.2.1.1, RFC 9990 §4.1).
struct ReportFileName {
    let reporter: String?
    let domain: String?
    let begin: Int64?
    let end: Int64?
    let identifier: String?

    /// Reads the last part of a path; nil when it is not such a name.
    init?(path: String) {
        let last = path.split(whereSeparator: { "/\\›".contains($0) }).last ?? ""
        let name = last.drop(while: \.isWhitespace)
        let parts = name.split(separator: "!", omittingEmptySubsequences: false)
        guard (4...5).contains(parts.count) else { return nil }
        let stem = parts[parts.count - 1].split(separator: ".").first.map(String.init) ?? ""
        reporter = parts[0].isEmpty ? nil : String(parts[0])
        domain = parts[1].isEmpty ? nil : parts[1].lowercased()
        begin = Int64(parts[2])
        end = Int64(parts.count == 4 ? stem : String(parts[3]))
        identifier = parts.count == 5 && !stem.isEmpty ? stem : nil
    }
}
