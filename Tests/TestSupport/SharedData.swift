import FoundationEssentials

/// Where the test data written by others lies: `$SEALGATE_DATA`, else `../shared` beside the
/// checkout.
public enum SharedData {
    /// The data is not on this machine; the test that needs it fails with this sentence.
    public struct Absent: Error, CustomStringConvertible {
        public let description: String
    }

    public static var root: String {
        get throws {
            if let named = ProcessInfo.processInfo.environment["SEALGATE_DATA"] {
                guard FileManager.default.fileExists(atPath: named) else {
                    throw Absent(description: "SEALGATE_DATA names \(named), which does not exist.")
                }
                return named
            }
            let beside = packageRoot + "/../shared"
            guard FileManager.default.fileExists(atPath: beside) else {
                throw Absent(
                    description: "Test data is missing: put it at \(beside) or set SEALGATE_DATA.")
            }
            return beside
        }
    }

    /// The path of one folder or file of the data.
    public static func path(_ relative: String) throws -> String {
        let full = try root + "/" + relative
        guard FileManager.default.fileExists(atPath: full) else {
            throw Absent(description: "Test data is missing: \(full)")
        }
        return full
    }

    /// All regular files below a folder of the data, as full paths in a fixed order.
    public static func files(below relative: String) throws -> [String] {
        let folder = try path(relative)
        var found: [String] = []
        for name in try FileManager.default.subpathsOfDirectory(atPath: folder) {
            var isFolder = false
            let full = folder + "/" + name
            if FileManager.default.fileExists(atPath: full, isDirectory: &isFolder), !isFolder {
                found.append(full)
            }
        }
        return found.sorted()
    }

    public static func bytes(_ path: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(filePath: path)))
    }

    public static var packageRoot: String {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().path()
    }
}
