import FoundationEssentials
import Testing

/// docs/rfc-index.md says which standards the program follows, and where. It is made from the
/// sources: `UPDATE_GOLDEN=1 swift test --filter RFCIndexTests` writes it anew.
@Suite struct RFCIndexTests {
    static let path = "docs/rfc-index.md"

    @Test func `the index is what the sources say`() throws {
        let fresh = Self.index(Self.places(in: Repository.sources))
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
            try Data(fresh.utf8).write(to: URL(filePath: Repository.root + "/" + Self.path))
        }
        let stored = Repository.read(Self.path)?.text ?? ""
        guard stored != fresh else { return }
        Issue.record("Write it anew: UPDATE_GOLDEN=1 swift test --filter RFCIndexTests")
        let freshLines = Set(fresh.split(separator: "\n"))
        let storedLines = Set(stored.split(separator: "\n"))
        for line in freshLines.subtracting(storedLines).sorted() { print("lacks: \(line)") }
        for line in storedLines.subtracting(freshLines).sorted() { print("says wrongly: \(line)") }
    }

    @Test func `every RFC named has a title, and every title is of an RFC named`() {
        let named = Set(Self.places(in: Repository.sources).keys)
        let titled = Set(RFCTitles.all.keys)
        #expect(named.subtracting(titled).sorted() == [], "no title in RFCTitles.swift")
        #expect(titled.subtracting(named).sorted() == [], "named nowhere in Sources")
        let covered = Set(RFCCoverage.notes.keys)
        #expect(covered.subtracting(named).sorted() == [], "covered, and named nowhere")
    }

    /// The folders that name each RFC.
    static func places(in files: [TextFile]) -> [Int: Set<String>] {
        var places: [Int: Set<String>] = [:]
        for file in files {
            for line in file.lines where line.contains("RFC ") {
                var rest = line
                while let found = rest.firstRange(of: "RFC ") {
                    rest = rest[found.upperBound...]
                    let digits = rest.prefix { ("0"..."9").contains($0) }
                    if let number = Int(digits) {
                        places[number, default: []].insert(file.folder)
                    }
                }
            }
        }
        return places
    }

    static func index(_ places: [Int: Set<String>]) -> String {
        var lines = [
            "# Standards and where they are followed", "",
            "Made from the comments in `Sources/` by a test; do not edit it by hand:",
            "`UPDATE_GOLDEN=1 swift test --filter RFCIndexTests` writes it anew.", "",
            "| RFC | Title | Followed | Named in |", "|---|---|---|---|",
        ]
        for (number, folders) in places.sorted(by: { $0.key < $1.key }) {
            let title = RFCTitles.all[number] ?? "(no title yet)"
            let link = "[\(number)](https://www.rfc-editor.org/rfc/rfc\(number))"
            let coverage = RFCCoverage.text(of: number)
            lines.append(
                "| \(link) | \(title) | \(coverage) | "
                    + "\(folders.sorted().joined(separator: ", ")) |")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
