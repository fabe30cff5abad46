import Crypto
import Foundation
import OpenIDConnect
import Testing

/// Tokens, good and forged.
struct IDTokenTests {
    typealias Samples = TokenSamples
    private static let now = Samples.now

    @Test(arguments: JSONWebToken.Algorithm.allCases)
    func `a good token says who somebody is`(_ algorithm: JSONWebToken.Algorithm) throws {
        let samples = try Samples()
        let keys = try samples.keys()
        let token = try samples.token(algorithm.rawValue)
        let identity = try Samples.verify(token, keys).get()
        #expect(identity.issuer == Samples.issuer)
        #expect(identity.subject == "248289761001")
        #expect(identity.name == "Jane Doe")
        #expect(identity.address == "jane@example.com")
        #expect(identity.isAddressVerified)
        // Any octet of it changed, it says nothing.
        for index in stride(from: 0, to: token.count, by: 7) {
            var forged = token
            forged[index] = forged[index] == UInt8(ascii: "A") ? UInt8(ascii: "B") : 0x41
            #expect(Samples.verify(forged, keys).code != nil, "octet \(index)")
        }
    }

    @Test func `claims that are wrong are refused, each for its reason`() throws {
        let samples = try Samples()
        let keys = try samples.keys()
        let skew = Limits.skew
        let cases: [([String: Any?], SignInFault.Code?)] = [
            (["iss": "https://evil.example"], .issuer),
            (["iss": "https://login.example/"], .issuer),
            (["iss": nil], .malformed), (["aud": "other"], .audience),
            (["aud": [] as [String]], .audience), (["aud": nil], .malformed),
            (["aud": ["sealgate"]], nil), (["aud": ["sealgate", "other"]], .audience),
            (["aud": ["sealgate", "other"], "azp": "sealgate"], nil),
            (["aud": ["sealgate", "other"], "azp": "other"], .audience),
            (["azp": "other"], .audience), (["azp": "sealgate"], nil), (["azp": 1], .malformed),
            (["exp": Self.now - skew], .expired), (["exp": Self.now - skew + 1], nil),
            (["exp": nil], .malformed), (["exp": "tomorrow"], .malformed), (["exp": 1e300], nil),
            (["iat": Self.now + skew], nil), (["iat": Self.now + skew + 1], .issuedAt),
            (["iat": Self.now - skew - Limits.tokenAge], nil),
            (["iat": Self.now - skew - Limits.tokenAge - 1], .issuedAt), (["iat": nil], .malformed),
            (["nbf": Self.now + skew + 1], .issuedAt), (["nbf": Self.now], nil),
            (["nonce": "another"], .nonce), (["nonce": nil], .nonce), (["nonce": 5], .malformed),
            (["sub": ""], .subject), (["sub": nil], .malformed), (["sub": "a\nb"], .subject),
            (["sub": "é"], .subject),
            (["sub": String(repeating: "x", count: Limits.subject)], nil),
            (["sub": String(repeating: "x", count: Limits.subject + 1)], .subject),
            // What is only for reading spoils nothing.
            (["name": 5, "email": ["x"], "email_verified": "true"], nil),
        ]
        for (changes, expected) in cases {
            let token = try samples.token("ES256", claims: Samples.claims(changes))
            #expect(Samples.verify(token, keys).code == expected, "\(changes)")
        }
        let bare = try samples.token(
            "ES256", claims: Samples.claims(["name": nil, "email_verified": "true"]))
        let identity = try Samples.verify(bare, keys).get()
        #expect(identity.name == "jane@example.com")
        #expect(!identity.isAddressVerified)
    }

    @Test func `ways of signing that are not taken are refused, whatever the token says`() throws {
        let samples = try Samples()
        let keys = try samples.keys()
        for (algorithm, header, expected) in [
            ("none", [:], SignInFault.Code.algorithm), ("HS256", [:], .algorithm),
            ("HS256", ["kid": "RS256 key"], .algorithm), ("RS384", [:], .algorithm),
            ("None", [:], .algorithm), ("ES256K", [:], .algorithm),
            // A key for one way of signing is none for another.
            ("RS256", ["alg": "ES256", "kid": "RS256 key"], .unknownKey),
            ("ES256", ["alg": "RS256", "kid": "ES256 key"], .unknownKey),
            ("RS256", ["alg": "PS256"], .unknownKey),
            ("RS256", ["alg": "PS256", "kid": "PS256 key"], .signature),
            ("ES256", ["kid": "foreign"], .unknownKey), ("ES256", ["kid": 5], .malformed),
            ("ES256", ["crit": ["exp"]], .malformed), ("ES256", ["b64": false], .malformed),
            ("ES256", ["zip": "DEF"], .malformed), ("ES256", ["typ": "at+jwt"], .malformed),
            ("ES256", ["typ": "jwt", "jku": "https://evil.example"], nil),
            ("ES256", ["kid": nil, "typ": nil], nil), ("RS256", ["kid": nil], nil),
        ] as [(String, [String: Any?], SignInFault.Code?)] {
            let token = try samples.token(algorithm, header: header)
            #expect(Samples.verify(token, keys).code == expected, "\(algorithm) \(header)")
        }
        // Without a name, one of several keys is not guessed.
        let two = try Samples.json([
            "keys": [
                try samples.key("ES256", ["kid": "a"]), try samples.key("ES256", ["kid": "b"]),
            ]
        ])
        let nameless = try samples.token("ES256", header: ["kid": nil])
        #expect(Samples.verify(nameless, two).code == .unknownKey)
    }

    @Test func `what is no token is told from one`() throws {
        let samples = try Samples()
        let keys = try samples.keys()
        let good = String(decoding: try samples.token("ES256"), as: UTF8.self)
        for text in [
            "", ".", "..", "...", "a.b.c", good + ".x", good + "=", " " + good, good + "\n",
            good.replacing(".", with: ".."), "e30.e30.", "bnVsbA.e30.", "W10.e30.",
            String(repeating: "e", count: Limits.token + 1),
            Base64URL.text(Array(String(repeating: "[", count: 9_000).utf8)) + ".e30.",
        ] {
            #expect(Samples.verify(Array(text.utf8), keys).code == .malformed, "\(text.prefix(40))")
        }
        let parts = good.split(separator: ".")
        // A signature as ASN.1 writes it, and one of nothing.
        let shapes = [
            try samples.curve.signature(for: Array("x".utf8)).derRepresentation,
            Data(repeating: 0, count: 64), Data(),
        ]
        for shape in shapes {
            let text = "\(parts[0]).\(parts[1]).\(Base64URL.text(shape))"
            #expect(Samples.verify(Array(text.utf8), keys).code == .signature)
        }
    }

    @Test func `keys that are weak, odd or too many are not used`() throws {
        let samples = try Samples()
        let token = try samples.token("RS256")
        func code(_ keys: [Any]) throws -> SignInFault.Code? {
            Samples.verify(token, try Samples.json(["keys": keys])).code
        }
        #expect(try code([try samples.key("RS256")]) == nil)
        // Others that make no sense stand beside it.
        #expect(try code([5, "x", ["kty": 7], ["kty": "oct"], try samples.key("RS256")]) == nil)
        for changes in [
            ["use": "enc"], ["key_ops": ["sign"]], ["alg": "RS512"], ["kty": "EC"], ["n": nil],
            ["n": ""], ["n": "AA"], ["n": "*"], ["e": "AA"], ["e": "AQ"], ["e": "Ag"],
            ["e": "AQABAQABAQAB"], ["kid": nil],
            ["n": Base64URL.text([UInt8](repeating: 0xFF, count: 128))],
            ["n": Base64URL.text([UInt8](repeating: 0xFF, count: 1_025))],
        ] as [[String: Any?]] {
            #expect(try code([try samples.key("RS256", changes)]) == .unknownKey, "\(changes)")
        }
        let curve = try samples.token("ES256")
        for changes in [
            ["crv": "P-384"], ["x": nil], ["y": "AA"],
            ["y": Base64URL.text([UInt8](repeating: 1, count: 32))],
        ] as [[String: Any?]] {
            let keys = try Samples.json(["keys": [try samples.key("ES256", changes)]])
            #expect(Samples.verify(curve, keys).code == .unknownKey, "\(changes)")
        }
        let filler: [Any] = (0..<Limits.keys).map { ["kty": "RSA", "kid": "\($0)"] }
        #expect(try code(filler) == .unknownKey)
        #expect(try code(filler + [try samples.key("RS256")]) == .keys)
        for text in ["", "[]", "{}", "{\"keys\":{}}", "nonsense"] {
            #expect(Samples.verify(token, Array(text.utf8)).code == .keys)
        }
        let huge = [UInt8](repeating: 0x20, count: Limits.answer) + (try samples.keys())
        #expect(Samples.verify(token, huge).code == .keys)
    }
}
