internal import NIOCore

/// Reads the name of the cipher from the server's hello, which goes over the wire in plain text,
/// and steps aside (RFC 8446 §4.1.3, RFC 5246 §7.4.1.3). NIOSSL does not tell it.
final class CipherObserver: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    /// `TLS_AES_128_GCM_SHA256`, or the number of a suite that has no name here; nil until known.
    private(set) var cipher: String?
    private var seen = ByteBuffer()
    private var isDone = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if !isDone {
            var part = unwrapInboundIn(data)
            seen.writeBuffer(&part)
            if let number = Self.cipher(inServerHello: seen) {
                cipher = Self.names[number] ?? "0x" + String(number, radix: 16)
                isDone = true
            }
            if isDone || seen.readableBytes >= Self.longestHead {
                isDone = true
                seen = ByteBuffer()
            }
        }
        context.fireChannelRead(data)
    }

    /// Octets up to the cipher at most: headers, version, random, identifier and the cipher itself.
    private static let longestHead = 5 + 4 + 2 + 32 + 1 + 255 + 2

    /// A record of type 22 holds a message of type 2: version, 32 octets, a session identifier
    /// behind its length, and the cipher suite.
    static func cipher(inServerHello octets: ByteBuffer) -> UInt16? {
        let start = octets.readerIndex
        guard octets.getInteger(at: start, as: UInt8.self) == 22,
            octets.getInteger(at: start + 5, as: UInt8.self) == 2,
            let session = octets.getInteger(at: start + 43, as: UInt8.self)
        else { return nil }
        return octets.getInteger(at: start + 44 + Int(session))
    }

    /// What BoringSSL may agree on (the IANA TLS Cipher Suites registry).
    private static let names: [UInt16: String] = [
        0x002F: "TLS_RSA_WITH_AES_128_CBC_SHA", 0x0035: "TLS_RSA_WITH_AES_256_CBC_SHA",
        0x009C: "TLS_RSA_WITH_AES_128_GCM_SHA256", 0x009D: "TLS_RSA_WITH_AES_256_GCM_SHA384",
        0x1301: "TLS_AES_128_GCM_SHA256", 0x1302: "TLS_AES_256_GCM_SHA384",
        0x1303: "TLS_CHACHA20_POLY1305_SHA256",
        0xC009: "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
        0xC00A: "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",
        0xC013: "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
        0xC014: "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
        0xC027: "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256",
        0xC02B: "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
        0xC02C: "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
        0xC02F: "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
        0xC030: "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
        0xCCA8: "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
        0xCCA9: "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
    ]
}
