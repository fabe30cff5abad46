import FoundationEssentials

enum Files {
    /// Writes the contents of files one behind the other.
    static func join(_ paths: [String], to path: String) throws {
        var data = Data()
        for path in paths { data += try Data(contentsOf: URL(filePath: path)) }
        try data.write(to: URL(filePath: path))
    }
}
