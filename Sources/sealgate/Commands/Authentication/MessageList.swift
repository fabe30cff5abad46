import FoundationEssentials
import MailAuthentication

/// The files behind the paths that a person named.
struct MessageList: Sendable {
    private(set) var paths: [String] = []
    private(set) var isFolder = false

    init(_ named: [String]) {
        for path in named {
            var isFolder = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder
            else {
                paths.append(path)
                continue
            }
            self.isFolder = true
            guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
                // Kept, so that it is told among what could not be read.
                paths.append(path)
                continue
            }
            paths += names.filter { !$0.hasPrefix(".") }.sorted().map { path + "/" + $0 }
        }
    }
}

extension RawMessage {
    /// The address of a `Return-Path` field, which a delivering host wrote (RFC 5321 §4.4).
    var returnPath: String? {
        guard let field = fields(named: "Return-Path").first else { return nil }
        return String(field.unfolded.filter { $0 != "<" && $0 != ">" && $0 != " " })
    }
}
