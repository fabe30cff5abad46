import Identities
import SMTP
import Testing

struct `PROXY headers` {
    private static let signature: [UInt8] = [
        0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A,
    ]

    private func binary(
        _ command: UInt8, _ family: UInt8, _ body: [UInt8], length: Int? = nil
    ) -> [UInt8] {
        let count = length ?? body.count
        return Self.signature + [command, family, UInt8(count >> 8), UInt8(count & 255)] + body
    }

    private let addresses: [UInt8] = [192, 0, 2, 1, 192, 0, 2, 2, 0x12, 0x67, 0, 25]

    @Test(arguments: [
        ("PROXY TCP4 192.0.2.1 192.0.2.2 4711 25\r\n", "192.0.2.1", 4_711),
        ("PROXY TCP6 2001:db8::1 2001:db8::2 4711 25\r\n", "2001:db8::1", 4_711),
    ])
    func `version 1 is read`(_ text: String, _ address: String, _ port: Int) {
        let octets = Array(text.utf8)
        guard case .header(let header, let used) = ProxyHeader.parse(octets + [0x45, 0x48]) else {
            Issue.record("not read")
            return
        }
        #expect(used == octets.count)
        #expect(header.source == .init(address: IPAddress(address)!, port: port))
        #expect(header.destination?.port == 25)
        for end in octets.indices {
            #expect(ProxyHeader.parse(Array(octets[..<end])) == .incomplete)
        }
    }

    @Test func `a proxy may speak for itself`() {
        let unknown = Array("PROXY UNKNOWN what ever\r\n".utf8)
        #expect(ProxyHeader.parse(unknown) == .header(ProxyHeader(), octets: unknown.count))
        let local = binary(0x20, 0x00, [])
        #expect(ProxyHeader.parse(local) == .header(ProxyHeader(), octets: 16))
        let full = binary(0x20, 0x11, addresses)
        #expect(ProxyHeader.parse(full) == .header(ProxyHeader(), octets: 28))
    }

    @Test(arguments: [
        "EHLO a\r\n", "PROXY\r\n", "PROXY TCP4 192.0.2.1 192.0.2.2 4711\r\n",
        "PROXY TCP4 192.0.2.1 192.0.2.2 4711 25 1\r\n", "PROXY TCP4 2001:db8::1 192.0.2.2 1 25\r\n",
        "PROXY TCP4 192.0.2.1  192.0.2.2 1 25\r\n", "PROXY TCP4 192.0.2.1 192.0.2.2 65536 25\r\n",
        "PROXY TCP4 192.0.2.1 192.0.2.2 1 25\n", "PROXY UDP4 192.0.2.1 192.0.2.2 1 25\r\n",
        "proxy TCP4 192.0.2.1 192.0.2.2 1 25\r\n",
        "PROXY TCP4 " + String(repeating: "1", count: 100),
        "PROXY TCP4 192.0.2.1 192.0.2.2 -1 25\r\n",
    ])
    func `what is no header is refused`(_ text: String) {
        #expect(ProxyHeader.parse(Array(text.utf8)) == .invalid)
    }

    @Test func `version 2 is read, with its additions`() {
        let plain = binary(0x21, 0x11, addresses)
        guard case .header(let header, 28) = ProxyHeader.parse(plain + [1, 2, 3]) else {
            Issue.record("not read")
            return
        }
        #expect(header.source == .init(address: IPAddress("192.0.2.1")!, port: 0x1267))
        #expect(header.destination == .init(address: IPAddress("192.0.2.2")!, port: 25))
        for end in plain.indices {
            #expect(ProxyHeader.parse(Array(plain[..<end])) == .incomplete)
        }
        let more = binary(0x21, 0x11, addresses + [0x02, 0, 3, 0x61, 0x2E, 0x62, 0x04, 0, 0])
        guard case .header(let other, more.count) = ProxyHeader.parse(more) else {
            Issue.record("not read")
            return
        }
        #expect(other == header)
        let six = binary(
            0x21, 0x21,
            IPAddress("2001:db8::1")!.bytes + IPAddress("2001:db8::2")!.bytes + [1, 0, 0, 25])
        guard case .header(let wide, 52) = ProxyHeader.parse(six) else {
            Issue.record("not read")
            return
        }
        #expect(wide.source == .init(address: IPAddress("2001:db8::1")!, port: 256))
    }

    @Test func `a broken version 2 is refused`() {
        let broken: [[UInt8]] = [
            binary(0x11, 0x11, addresses), binary(0x22, 0x11, addresses),
            binary(0x21, 0x12, addresses),
            binary(0x21, 0x31, addresses), binary(0x21, 0x11, Array(addresses.dropLast())),
            binary(0x21, 0x21, addresses), binary(0x21, 0x11, addresses + [1]),
            binary(0x21, 0x11, addresses + [1, 0, 1]),
            binary(0x21, 0x11, addresses + [1, 255, 255, 0]),
            binary(0x21, 0x11, addresses + [3, 0, 1, 0]),
            binary(0x21, 0x11, addresses + [3, 0, 4, 0, 0, 0, 0]),
            binary(0x21, 0x11, addresses, length: SMTP.Limits.proxyHeaderOctets),
            Self.signature.dropLast() + [0x0B],
        ]
        for octets in broken { #expect(ProxyHeader.parse(octets) == .invalid, "\(octets)") }
    }

    @Test func `a checksum that is right is taken, once`() {
        var octets = binary(0x21, 0x11, addresses + [3, 0, 4, 0, 0, 0, 0])
        let sum = crc32c(octets)
        for index in 0..<4 {
            octets[31 + index] = UInt8(truncatingIfNeeded: sum >> UInt32(24 - 8 * index))
        }
        guard case .header = ProxyHeader.parse(octets) else {
            Issue.record("not taken")
            return
        }
        let twice = binary(0x21, 0x11, addresses + [3, 0, 4, 0, 0, 0, 0, 3, 0, 4, 0, 0, 0, 0])
        #expect(ProxyHeader.parse(twice) == .invalid)
        #expect(crc32c(Array("123456789".utf8)) == 0xE306_9283)
    }

    private func crc32c(_ octets: [UInt8]) -> UInt32 {
        var value: UInt32 = .max
        for octet in octets {
            value ^= UInt32(octet)
            for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0x82F6_3B78 : value >> 1 }
        }
        return ~value
    }
}
