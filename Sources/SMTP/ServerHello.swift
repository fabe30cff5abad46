/// The server's first word in a TLS handshake, which goes over the wire in plain text and names the
/// cipher (RFC 8446 §4.1.3, RFC 5246 §7.4.1.3). The TLS library does not tell it.
public enum ServerHello {
    /// Octets up to the cipher at most: headers, version, random, identifier and the cipher itself.
    public static let longestHead = 5 + 4 + 2 + 32 + 1 + 255 + 2

    /// The cipher suite's name, `TLS_AES_128_GCM_SHA256`, or its number where it has no name here;
    /// nil for octets that are no server's hello, or not enough of one.
    ///
    /// A record of type 22 holds a message of type 2: version, 32 octets, a session identifier
    /// behind its length, and the suite.
    public static func cipherSuite(in octets: some RandomAccessCollection<UInt8>) -> String? {
        func octet(_ place: Int) -> UInt8? {
            guard place < octets.count else { return nil }
            return octets[octets.index(octets.startIndex, offsetBy: place)]
        }
        guard octet(0) == 22, octet(5) == 2, let session = octet(43),
            let high = octet(44 + Int(session)), let low = octet(45 + Int(session))
        else { return nil }
        let number = UInt16(high) << 8 | UInt16(low)
        return names[number] ?? "0x" + String(number, radix: 16)
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
