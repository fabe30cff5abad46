import Glibc

/// The file systems that this process sees (proc(5), `mountinfo`).
enum FileSystem {
    /// Octets of the system's list that are read.
    private static let listOctets = 1 << 20

    /// `ext4`, `tmpfs`, …: the kind that holds a path; nil when the system does not tell.
    static func kind(at path: String) -> String? {
        var status = stat()
        guard stat(path, &status) == 0, let list = read("/proc/self/mountinfo") else { return nil }
        let device = UInt64(status.st_dev)
        let major = device >> 8 & 0xFFF | device >> 32 & ~0xFFF
        let minor = device & 0xFF | device >> 12 & ~0xFF
        for line in list.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count > 2, words[2] == "\(major):\(minor)",
                let dash = words.firstIndex(of: "-"), dash + 1 < words.count
            else { continue }
            return String(words[dash + 1])
        }
        return nil
    }

    private static func read(_ path: String) -> String? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var octets: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 16_384)
        while octets.count < listOctets {
            let count = Glibc.read(file, &part, part.count)
            guard count > 0 else { break }
            octets += part.prefix(count)
        }
        return String(decoding: octets, as: UTF8.self)
    }
}
