import OpenIDConnect
import Testing

/// Octets in the letters of addresses.
struct Base64URLTests {
    /// RFC 4648 §10, without padding and with the letters of §5.
    @Test(arguments: [
        ("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"),
        ("fooba", "Zm9vYmE"), ("foobar", "Zm9vYmFy"),
    ])
    func `the examples of the standard are rendered and read`(_ plain: String, _ coded: String) {
        #expect(Base64URL.text(Array(plain.utf8)) == coded)
        #expect(Base64URL.octets(coded.utf8) == Array(plain.utf8))
    }

    @Test func `all octets come back, and each text is the only one`() {
        let octets = (0...255).map { UInt8($0) }
        #expect(Base64URL.octets(Base64URL.text(octets).utf8) == octets)
        #expect(Base64URL.octets("-_8".utf8) == [0xFB, 0xFF])
        for text in ["Zg==", "Zh", "Z", "Zm9vY", "+/8", "Zm 9v", "Zm9v\n", "é"] {
            #expect(Base64URL.octets(text.utf8) == nil, "\(text)")
        }
    }
}
