import Glibc
import Identities

/// One question to a time server (RFC 5905 §14, the simple client).
enum TimeQuestion {
    /// Seconds from 1900 to 1970, between which the two ways of counting lie (RFC 5905 §6).
    private static let epoch: Int64 = 2_208_988_800

    /// How far our clock is behind the server's, in milliseconds; nil without a usable answer.
    static func offset(of server: IPAddress, port: Int) -> Int64? {
        // The server sends our time of sending back: a number that nobody can guess shows that
        // the answer is to this question, and the true time stays here.
        let mark = (0..<8).map { _ in UInt8.random(in: 0...255) }
        let request = [0x23] + [UInt8](repeating: 0, count: 39) + mark
        let sent = milliseconds()
        guard let answer = ProbeSocket(server).exchange(request, port: port) else { return nil }
        return offset(answer, mark: mark, sent: sent, received: milliseconds())
    }

    /// - Parameters:
    ///   - mark: what stood in the question's time of sending.
    ///   - sent: milliseconds since 1970.
    static func offset(
        _ answer: [UInt8], mark: [UInt8], sent: Int64, received: Int64
    ) -> Int64? {
        // Mode 4 is a server's answer; stratum 0 refuses, and 16 has no time itself.
        guard answer.count >= 48, answer[0] & 7 == 4, answer[0] >> 6 != 3,
            (1...15).contains(answer[1]), Array(answer[24..<32]) == mark,
            let arrived = instant(answer[32..<40]), let left = instant(answer[40..<48])
        else { return nil }
        return ((arrived - sent) + (left - received)) / 2
    }

    /// 32 bits of seconds since 1900 and 32 of their parts; from 2036 on they begin anew.
    private static func instant(_ octets: ArraySlice<UInt8>) -> Int64? {
        let value = octets.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard value != 0 else { return nil }
        var seconds = Int64(value >> 32)
        if seconds < 0x8000_0000 { seconds += 1 << 32 }
        return (seconds - epoch) * 1_000 + Int64((value & 0xFFFF_FFFF) * 1_000 >> 32)
    }

    private static func milliseconds() -> Int64 {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return Int64(now.tv_sec) * 1_000 + Int64(now.tv_nsec) / 1_000_000
    }
}
