import FoundationEssentials

/// A text file of the repository, read once.
struct TextFile: Sendable {
    /// From the repository's top.
    let path: String
    let text: String
    let lines: [Substring]

    /// `DNS` of `Sources/DNS/Zones/Zone.swift`.
    var room: String {
        let parts = path.split(separator: "/")
        return parts.count > 2 && parts[0] == "Sources" ? String(parts[1]) : ""
    }

    /// `DNS/Zones` of `Sources/DNS/Zones/Zone.swift`.
    var folder: String {
        path.split(separator: "/").dropFirst().dropLast().joined(separator: "/")
    }

    /// Marked as data rather than code, in the first lines.
    var isTable: Bool { lines.prefix(12).contains { $0.hasPrefix("// table") } }
}

/// The files under test: this repository's own.
enum Repository {
    static let root = URL(filePath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path()

    static let sources = swiftFiles(below: "Sources")
    static let tests = swiftFiles(below: "Tests")
    static let fuzz = swiftFiles(below: "Fuzz")

    /// Everything that is kept in the repository and is text, without test data.
    static let texts: [TextFile] = {
        var paths: [String] = []
        for name in contents(of: "") where !isPassedOver(name) {
            if isFolder(name) {
                paths += subpaths(of: name)
            } else {
                paths.append(name)
            }
        }
        return paths.filter { !$0.contains("/Fixtures/") }.compactMap(read)
    }()

    static func read(_ path: String) -> TextFile? {
        guard let data = try? Data(contentsOf: URL(filePath: root + "/" + path)),
            let text = String(validating: data, as: UTF8.self)
        else { return nil }
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        if lines.last == "" { lines.removeLast() }
        return TextFile(path: path, text: text, lines: lines)
    }

    static func contents(of folder: String) -> [String] {
        let names = try? FileManager.default.contentsOfDirectory(atPath: root + "/" + folder)
        return (names ?? []).sorted()
    }

    static func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: root + "/" + path)
    }

    static func isFolder(_ path: String) -> Bool {
        var isFolder = false
        return FileManager.default.fileExists(atPath: root + "/" + path, isDirectory: &isFolder)
            && isFolder
    }

    private static func swiftFiles(below folder: String) -> [TextFile] {
        subpaths(of: folder).filter { $0.hasSuffix(".swift") && !$0.contains("/Fixtures/") }
            .compactMap(read)
    }

    /// Regular files below a folder, without build products and links to elsewhere.
    private static func subpaths(of folder: String) -> [String] {
        var found: [String] = []
        for name in contents(of: folder) where !isPassedOver(name) {
            let path = folder + "/" + name
            if isLink(path) { continue }
            if isFolder(path) { found += subpaths(of: path) } else { found.append(path) }
        }
        return found
    }

    private static func isLink(_ path: String) -> Bool {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: root + "/" + path)) != nil
    }

    private static func isPassedOver(_ name: String) -> Bool {
        name.hasPrefix(".build") || name == ".git" || name == "sealgate-data"
            || name == "Package.resolved" || name == "__pycache__" || name == ".swiftpm"
    }
}
