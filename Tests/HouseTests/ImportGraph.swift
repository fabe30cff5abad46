/// Who imports whom, as the sources say.
struct ImportGraph {
    struct Arrow: Hashable, Comparable {
        let from: String
        let to: String

        static func < (left: Self, right: Self) -> Bool {
            (left.from, left.to) < (right.from, right.to)
        }
    }

    /// Each import with the first file that has it.
    private(set) var arrows: [Arrow: String] = [:]

    init(_ files: [TextFile]) {
        for file in files {
            for line in file.lines {
                guard let module = Self.module(in: line) else { continue }
                let arrow = Arrow(from: file.room, to: module)
                if arrows[arrow] == nil { arrows[arrow] = file.path }
            }
        }
    }

    /// The module that a line imports: `Glibc` of `    internal import struct Glibc.stat`.
    static func module(in line: Substring) -> String? {
        var words = line.split(separator: " ")[...]
        while let word = words.first, word.hasPrefix("@") || access.contains(word) {
            words = words.dropFirst()
        }
        guard words.first == "import" else { return nil }
        words = words.dropFirst()
        if let word = words.first, kinds.contains(word) { words = words.dropFirst() }
        return words.first?.split(separator: ".").first.map(String.init)
    }

    private static let access: Set<Substring> = [
        "public", "package", "internal", "fileprivate", "private",
    ]
    private static let kinds: Set<Substring> = [
        "struct", "class", "enum", "protocol", "typealias", "func", "let", "var",
    ]

    func targets(of room: String, where isWanted: (String) -> Bool) -> [String] {
        arrows.keys.filter { $0.from == room && isWanted($0.to) }.map(\.to).sorted()
    }

    /// A circle through the rooms, if there is one: the names in order.
    func circle(among rooms: Set<String>) -> [String]? {
        var finished: Set<String> = []
        func visit(_ room: String, _ path: [String]) -> [String]? {
            if let start = path.firstIndex(of: room) { return path[start...] + [room] }
            guard !finished.contains(room) else { return nil }
            for next in targets(of: room, where: rooms.contains) {
                if let found = visit(next, path + [room]) { return found }
            }
            finished.insert(room)
            return nil
        }
        for room in rooms.sorted() {
            if let found = visit(room, []) { return found }
        }
        return nil
    }

    /// The house from the top floor down, with every arrow.
    func picture(_ rooms: [Room]) -> String {
        let names = Set(rooms.map(\.name))
        let width = names.map(\.count).max() ?? 0
        var lines: [String] = []
        let order = rooms.sorted { ($1.floor, $0.name) < ($0.floor, $1.name) }
        var floor = 0
        for room in order {
            let label = room.floor == floor ? " " : "\(room.floor)"
            floor = room.floor
            let gap = String(repeating: " ", count: width - room.name.count)
            let ours = targets(of: room.name, where: names.contains)
            let others = targets(of: room.name) { !names.contains($0) }
            lines.append(
                "\(label)  \(room.name)\(gap)  → \(ours.isEmpty ? "–" : ours.joined(separator: ", "))"
            )
            if !others.isEmpty {
                let indent = String(repeating: " ", count: width + 7)
                lines.append("\(indent)(\(others.joined(separator: ", ")))")
            }
        }
        return lines.joined(separator: "\n")
    }
}
