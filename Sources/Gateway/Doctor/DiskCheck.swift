import Glibc

/// Whether the spool's folder can keep mail: room, durability, and how fast the disk says "kept".
public struct DiskCheck: Sendable {
    private let folder: String
    /// Octets below which the spool refuses mail.
    private let least: Int

    public init(folder: String, least: Int) {
        self.folder = folder
        self.least = least
    }

    public func look() -> [Finding] {
        let place = existing
        let speed = speed(in: place)
        // Where nothing can be written nothing else matters.
        guard speed.state != .wrong else { return [speed] }
        var findings: [Finding] = []
        if place != folder {
            findings.append(
                finding(.ok, "It is not there yet; sealgate serve makes it in \(place)."))
        }
        if let space = space(of: place) { findings.append(space) }
        if let memory = memoryDisk(place) { findings.append(memory) }
        return findings + [speed]
    }

    /// The folder, or the nearest one above that is there.
    private var existing: String {
        var path = folder
        while access(path, F_OK) != 0 {
            guard let slash = path.lastIndex(of: "/") else { return "." }
            path = slash == path.startIndex ? "/" : String(path[..<slash])
            if path == "/" { break }
        }
        return path
    }

    private func space(of place: String) -> Finding? {
        var status = statvfs()
        guard statvfs(place, &status) == 0 else {
            return finding(
                .wrong, "Its disk cannot be asked for room: \(systemWords(errno)).",
                advice: "Choose another folder with --spool.")
        }
        let (octets, overflow) = Int(clamping: status.f_bavail).multipliedReportingOverflow(
            by: Int(clamping: status.f_frsize))
        let free = overflow ? Int.max : octets
        let words = "\(Self.size(free)) are free"
        if free < least {
            return finding(
                .wrong,
                "\(words), and mail is refused below \(Self.size(least)).",
                advice: "Make room, or put the spool on a larger disk with --spool.")
        }
        if free < least * 8 || status.f_favail < 10_000 {
            let few = status.f_favail < 10_000 ? " and room for \(status.f_favail) files" : ""
            return finding(
                .look, "\(words)\(few). Below \(Self.size(least)) mail is refused.",
                advice: "Make room before it is used up.")
        }
        return finding(.ok, "\(words).")
    }

    /// Disks that forget at a restart.
    private func memoryDisk(_ place: String) -> Finding? {
        guard let kind = FileSystem.kind(at: place), ["tmpfs", "ramfs"].contains(kind) else {
            return nil
        }
        return finding(
            .look, "It lies in memory: mail that was accepted is gone when the machine stops.",
            advice: "Put the spool on a disk with --spool.")
    }

    /// Writes and syncs as the spool does, and throws the file away.
    private func speed(in place: String) -> Finding {
        let path = "\(place)/.sealgate-doctor-\(getpid())"
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else {
            return finding(
                .wrong, "Nothing can be written there: \(systemWords(errno)).",
                advice: "Give the folder to the user that sealgate runs as, or choose another "
                    + "with --spool.")
        }
        defer {
            close(file)
            unlink(path)
        }
        let octets = [UInt8](repeating: 0x53, count: 4_096)
        var times: [Duration] = []
        for round in 0..<Limits.doctorSyncs {
            let start = ContinuousClock.now
            guard pwrite(file, octets, octets.count, round * octets.count) == octets.count,
                fdatasync(file) == 0
            else {
                return finding(
                    .wrong, "The disk does not keep what is written: \(systemWords(errno)).",
                    advice: "See the system's log (dmesg); do not take mail on this disk.")
            }
            times.append(ContinuousClock.now - start)
        }
        times.sort()
        return speed(times[times.count / 2], slowest: times[times.count - 1])
    }

    private func speed(_ median: Duration, slowest: Duration) -> Finding {
        let words =
            "The disk says \"kept\" after \(Self.words(median)) (slowest of "
            + "\(Limits.doctorSyncs): \(Self.words(slowest)))."
        if median > .milliseconds(50) {
            return finding(
                .look, words + " Every message waits for that.",
                advice: "Put the spool on a faster disk with --spool, best on an SSD that keeps "
                    + "its cache when power fails.")
        }
        return finding(.ok, words)
    }

    private func finding(
        _ state: Finding.State, _ sentence: String, advice: String? = nil
    ) -> Finding {
        Finding("spool disk", state, at: folder, sentence, advice: advice)
    }

    /// `1.5 ms`
    private static func words(_ time: Duration) -> String {
        let (seconds, attoseconds) = time.components
        let tenths = seconds * 10_000 + attoseconds / 100_000_000_000_000
        return tenths >= 100 ? "\(tenths / 10) ms" : "\(tenths / 10).\(tenths % 10) ms"
    }

    /// `256 MB`, `1.9 TB`
    static func size(_ octets: Int) -> String {
        var value = octets / 1_000_000
        for unit in ["MB", "GB"] {
            if value < 10_000 { return "\(value) \(unit)" }
            value /= 1_000
        }
        return "\(value) TB"
    }
}
