import Foundation
import TestSupport
import Testing

/// A zone signed with the tools of Debian's package ldnsutils.
struct SignedZone {
    let name: String
    /// The signed zone.
    let text: String
    /// The key from which the chain of trust begins.
    let anchor: String

    /// Makes a key and signs the zone with it.
    init(_ name: String, _ text: String) throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "sealgate-signed-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data(text.utf8).write(to: folder.appending(path: "zone"))
        let log = folder.appending(path: "log").path
        let line =
            "cd '\(folder.path)' && key=$(ldns-keygen -r /dev/urandom -a ECDSAP256SHA256 -k \(name))"
            + " && ldns-signzone -i 20200101000000 -e 20600101000000 -f signed zone $key"
            + " && mv $key.key anchor"
        try? Command.run(["sh", "-c", line], log: log)
        func read(_ file: String) throws -> String {
            guard
                let text = try? String(
                    contentsOf: folder.appending(path: file), encoding: .utf8)
            else {
                throw ServerProcess.Missing(
                    description: "This test needs ldns-signzone: install Debian's package "
                        + "ldnsutils. \((try? String(contentsOfFile: log, encoding: .utf8)) ?? "")")
            }
            return text
        }
        self.name = name
        self.text = try read("signed")
        let key = try read("anchor").split(separator: "\n").first { !$0.hasPrefix(";") } ?? ""
        anchor = key.split(separator: ";").first.map(String.init) ?? ""
    }

    /// The zone with one text changed after it was signed.
    func tampered(_ old: String, _ new: String) throws -> String {
        try #require(text.contains(old))
        return text.replacing(old, with: new)
    }
}
