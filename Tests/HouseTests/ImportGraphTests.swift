import Testing

@Suite struct ImportGraphTests {
    static let graph = ImportGraph(Repository.sources)
    static let names = Set(ImportTable.rooms.map(\.name))

    @Test func `every room has a row in the import table, and every row a room`() {
        let folders = Repository.contents(of: "Sources").filter {
            Repository.isFolder("Sources/" + $0)
        }
        let libraries = folders.filter { Repository.exists("Sources/\($0)/module.modulemap") }
        for library in libraries {
            #expect(library.hasPrefix("C"), "\(library): a system library's name begins with C")
        }
        #expect(Set(folders).subtracting(libraries) == Self.names)
    }

    @Test func `the table itself has no arrow up, and none sideways without a reason`() {
        for room in ImportTable.rooms {
            for name in room.ours {
                guard let target = ImportTable.room(name) else {
                    Issue.record("\(room.name) may import \(name), which is no room")
                    continue
                }
                if target.floor == room.floor {
                    let reason = ImportTable.sideways["\(room.name) → \(name)"]
                    #expect(reason != nil, "\(room.name) → \(name) leads sideways")
                } else {
                    #expect(target.floor < room.floor, "\(room.name) → \(name) leads up")
                }
            }
        }
    }

    @Test func `every import is in the room's row`() {
        for (arrow, file) in Self.graph.arrows.sorted(by: { $0.key < $1.key }) {
            guard let room = ImportTable.room(arrow.from) else {
                Issue.record("\(file) belongs to no room of the table")
                continue
            }
            let allowed = Self.names.contains(arrow.to) ? room.ours : room.others
            #expect(
                allowed.contains(arrow.to),
                "\(file) imports \(arrow.to): not in the row of \(arrow.from) in ImportTable.swift")
        }
    }

    @Test func `every import of ours is declared in Package.swift`() throws {
        let manifest = try #require(Repository.read("Package.swift")).text
        for (arrow, file) in Self.graph.arrows where Self.names.contains(arrow.to) {
            let block = Self.declaration(of: arrow.from, in: manifest)
            #expect(
                block.contains("\"\(arrow.to)\""),
                "\(file) imports \(arrow.to), which Package.swift does not give to \(arrow.from)")
        }
    }

    @Test func `no circle leads through the rooms`() {
        let circle = Self.graph.circle(among: Self.names)
        #expect(circle == nil, "\(circle?.joined(separator: " → ") ?? "")")
    }

    @Test func `a circle would be found`() {
        let made = ["A": "B", "B": "C", "C": "A"].map { from, to in
            TextFile(
                path: "Sources/\(from)/\(from).swift", text: "", lines: ["public import \(to)"])
        }
        let circle = ImportGraph(made).circle(among: ["A", "B", "C"])
        #expect(circle == ["A", "B", "C", "A"])
    }

    @Test(arguments: [
        ("import DNS", "DNS"), ("public import DNS", "DNS"),
        ("@preconcurrency internal import struct Glibc.stat", "Glibc"),
        ("    import Glibc", "Glibc"),
    ])
    func `an import line is understood`(_ line: String, _ module: String) {
        #expect(ImportGraph.module(in: line[...]) == module)
        #expect(ImportGraph.module(in: "/// \(line)") == nil)
    }

    @Test func `the graph is printed`() {
        let picture = Self.graph.picture(ImportTable.rooms)
        print("The house, from the top floor down: room → rooms of ours (modules of others)")
        print(picture)
        for (arrow, reason) in ImportTable.sideways { print("Sideways: \(arrow): \(reason)") }
        #expect(picture.contains("sealgate"))
    }

    /// The room's declaration: from its name to the parenthesis that ends it.
    static func declaration(of room: String, in manifest: String) -> Substring {
        for opening in ["room(\"\(room)\"", "room(\n            \"\(room)\"", "name: \"\(room)\""] {
            guard let start = manifest.firstRange(of: opening) else { continue }
            var depth = 1
            var index = start.upperBound
            while index < manifest.endIndex, depth > 0 {
                switch manifest[index] {
                case "(": depth += 1
                case ")": depth -= 1
                default: break
                }
                index = manifest.index(after: index)
            }
            return manifest[start.lowerBound..<index]
        }
        return ""
    }
}
