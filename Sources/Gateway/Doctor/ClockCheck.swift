import Glibc

public import Identities

/// Whether this machine's clock can be believed: DKIM signatures, certificates, ARC and the queue
/// go by it.
public struct ClockCheck: Sendable {
    private let folder: String
    private let server: (address: IPAddress, port: Int)?

    /// - Parameters:
    ///   - folder: whose disk's clock is compared, and whose files may not come from the future.
    ///   - server: a time server to ask; nothing is asked without one.
    public init(folder: String, server: (address: IPAddress, port: Int)? = nil) {
        self.folder = folder
        self.server = server
    }

    public func look() -> [Finding] {
        var findings = [kernel()]
        if let file = disk() { findings.append(file) }
        if let past = newest() { findings.append(past) }
        if let server { findings.append(ask(server.address, server.port)) }
        return findings
    }

    /// What the kernel says about the clock being kept by a time service (adjtimex(2)).
    private func kernel() -> Finding {
        guard let isKept = Self.isKept() else {
            return finding(
                .look, "The system does not tell whether a time service keeps the clock.",
                advice: "See: timedatectl")
        }
        if !isKept {
            return finding(
                .look, "No time service keeps the clock right, as far as the system knows.",
                advice: "Run one (systemd-timesyncd, chrony), unless the machine under this one "
                    + "keeps its clock.")
        }
        return finding(.ok, "A time service keeps the clock right.")
    }

    /// Nil when the system does not tell. The C module lacks sys/timex.h, so the call is looked up
    /// by its name; all zero it changes nothing, and its result is what counts (5: TIME_ERROR).
    private static func isKept() -> Bool? {
        guard let symbol = dlsym(nil, "adjtimex") else { return nil }
        let adjtimex = unsafeBitCast(
            symbol, to: (@convention(c) (UnsafeMutableRawPointer) -> Int32).self)
        // Larger than the 208 octets that Linux writes.
        let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 512, alignment: 16)
        defer { room.deallocate() }
        room.initializeMemory(as: UInt8.self, repeating: 0)
        guard let start = room.baseAddress else { return nil }
        let result = adjtimex(start)
        return result < 0 ? nil : result != 5
    }

    /// A network disk has a clock of its own.
    private func disk() -> Finding? {
        let path = "\(folder)/.sealgate-doctor-clock-\(getpid())"
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { return nil }
        defer {
            close(file)
            unlink(path)
        }
        var status = stat()
        guard write(file, "x", 1) == 1, fsync(file) == 0, fstat(file, &status) == 0 else {
            return nil
        }
        let distance = status.st_mtim.tv_sec - time(nil)
        guard abs(distance) > Limits.doctorClockSeconds else { return nil }
        return finding(
            .look,
            "The disk's clock and this machine's are \(abs(distance)) seconds apart.",
            advice: "Let both go by the same time service.")
    }

    /// Files that were written later than now: the clock was set back.
    private func newest() -> Finding? {
        guard let handle = opendir(folder) else { return nil }
        defer { closedir(handle) }
        var newest = 0
        while let entry = readdir(handle) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            var status = stat()
            guard stat("\(folder)/\(name)", &status) == 0 else { continue }
            newest = max(newest, status.st_mtim.tv_sec)
        }
        let ahead = newest - time(nil)
        guard ahead > Limits.doctorClockSeconds else { return nil }
        return finding(
            .wrong, "The clock was set back: there are files from \(ahead) seconds ahead of now.",
            advice: "Set the clock right (timedatectl) before mail is taken.")
    }

    private func ask(_ server: IPAddress, _ port: Int) -> Finding {
        let place = server.isIPv4 ? "\(server):\(port)" : "[\(server)]:\(port)"
        guard let offset = TimeQuestion.offset(of: server, port: port) else {
            return Finding(
                "clock", .look, at: place, "The time server gives no usable answer.",
                advice: "Name one that answers with --time-server.")
        }
        let distance = offset < 0 ? 0 - offset : offset
        let words =
            distance < 1_000
            ? "\(distance) ms"
            : "\(distance / 1_000) seconds"
        let side = offset > 0 ? "behind" : "ahead of"
        guard distance > Int64(Limits.doctorClockSeconds) * 1_000 else {
            return Finding(
                "clock", .ok, at: place, "The clock is \(words) \(side) the time server's.")
        }
        return Finding(
            "clock", .wrong, at: place, "The clock is \(words) \(side) the time server's.",
            advice: "Set it right and keep it so with a time service: wrong times make genuine "
                + "signatures and certificates look bad.")
    }

    private func finding(
        _ state: Finding.State, _ sentence: String, advice: String? = nil
    ) -> Finding {
        Finding("clock", state, at: "this machine", sentence, advice: advice)
    }
}
