import Testing

/// Size, shape, names and the few words that this house refuses (docs/decisions/0001).
@Suite struct StyleTests {
    static let code = Repository.sources + Repository.tests + Repository.fuzz

    @Test func `no file is longer than 800 lines, and those over 400 are listed`() {
        let long = Self.code.filter { $0.lines.count > 400 && !$0.isTable }
        for file in long.sorted(by: { $0.lines.count > $1.lines.count }) {
            print("Long: \(file.lines.count) lines: \(file.path)")
            #expect(
                file.lines.count <= 800,
                "\(file.path) has \(file.lines.count) lines: split it, or mark it `// table`")
        }
    }

    /// The formatter breaks code at 100 columns (it may leave a comment one more); a text that
    /// people read stays in one piece.
    @Test func `no line is longer than 100 columns`() {
        for file in Self.code where !file.isTable {
            var isText = false
            for (index, line) in file.lines.enumerated() {
                let marks = line.contains("\"\"\"")
                if line.utf8.count > 101, !isText, !line.contains("\"") {
                    #expect(
                        line.count <= 101, "\(file.path):\(index + 1) has \(line.count) columns")
                }
                if marks, line.ranges(of: "\"\"\"").count == 1 { isText.toggle() }
            }
        }
    }

    @Test func `no name says Common, Util, Helper or Manager`() {
        let refused = ["Common", "Util", "Helper", "Manager"]
        let declares: Set<Substring> = [
            "struct", "class", "enum", "actor", "protocol", "typealias",
        ]
        for file in Self.code {
            for word in refused {
                #expect(!file.path.contains(word), "\(file.path): a name that says nothing")
            }
            for line in file.lines {
                let words = line.split(whereSeparator: { !$0.isLetter && $0 != "_" })
                for (keyword, name) in zip(words, words.dropFirst())
                where declares.contains(keyword) {
                    for word in refused {
                        #expect(!name.contains(word), "\(file.path) declares \(name)")
                    }
                }
            }
        }
    }

    @Test func `nothing is forced`() {
        for (file, number, line) in Self.statements(Self.code) {
            for word in ["try" + "!", "as" + "! ", "@test" + "able"] {
                #expect(!line.contains(word), "\(file.path):\(number) has \(word)")
            }
        }
    }

    @Test func `what the compiler cannot check has a comment that says why it holds`() {
        for (file, number, line) in Self.statements(Repository.sources + Repository.tests) {
            for word in [
                "fatal" + "Error(", "@un" + "checked Sendable", "nonisolated(un" + "safe)",
            ]
            where line.contains(word) {
                let above = file.lines[max(0, number - 4)..<(number - 1)]
                let isExplained = (above + [line]).contains { $0.contains("//") }
                #expect(isExplained, "\(file.path):\(number) has \(word) without its reason")
            }
        }
    }

    @Test func `every public type opens with a sentence`() {
        let kinds = ["struct", "enum", "class", "actor", "protocol"]
        for file in Repository.sources {
            for (index, line) in file.lines.enumerated() where line.hasPrefix("public ") {
                let words = line.split(separator: " ").drop { $0 == "public" || $0 == "final" }
                guard let kind = words.first, kinds.contains(String(kind)) else { continue }
                let above = file.lines[..<index].last { !$0.hasPrefix("@") } ?? ""
                #expect(
                    above.hasPrefix("///"), "\(file.path):\(index + 1) has no sentence: \(line)")
            }
        }
    }

    @Test func `judgements are handed the time, and never ask a clock`() {
        let rooms = ImportTable.rooms.filter { $0.floor <= 4 && $0.name != "DNSResolver" }
        let judged = Repository.sources.filter { file in
            rooms.contains { $0.name == file.room && $0.name != "SQLDatabase" }
        }
        let clocks = [
            "ContinuousClock", "SuspendingClock", "Date.now", "Date()", "clock_gettime",
            "gettimeofday", "DispatchTime",
        ]
        for (file, number, line) in Self.statements(judged) {
            for clock in clocks {
                #expect(!line.contains(clock), "\(file.path):\(number) asks \(clock)")
            }
        }
    }

    /// Lines that are not comments, with their numbers from 1.
    static func statements(_ files: [TextFile]) -> [(TextFile, Int, Substring)] {
        files.flatMap { file in
            file.lines.enumerated().compactMap { index, line in
                let text = line.drop { $0 == " " }
                return text.hasPrefix("//") ? nil : (file, index + 1, line)
            }
        }
    }
}
