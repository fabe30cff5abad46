import FoundationEssentials

/// A token in its compact form (RFC 7519 over RFC 7515 §7.1), taken apart and not yet believed.
public struct JSONWebToken: Hashable, Sendable {
    /// The ways of signing that are taken (RFC 7518 §3.1). `none` and those with a shared secret
    /// are not among them, whatever a token says.
    public enum Algorithm: String, Hashable, Sendable, CaseIterable {
        case rs256 = "RS256"
        case ps256 = "PS256"
        case es256 = "ES256"
    }

    public let algorithm: Algorithm
    /// Which of the issuer's keys signed it, where it says so.
    public let keyID: String?
    /// What the signature is over.
    public let signedOctets: [UInt8]
    public let signature: [UInt8]
    /// The claims, as JSON.
    public let payload: [UInt8]
}

/// Reads tokens.
public enum JSONWebTokenParser {
    private struct Header: Decodable {
        var alg: String
        var kid: String?
        var typ: String?
        var crit: [String]?
        var b64: Bool?
        var zip: String?
    }

    /// - Throws: `SignInFault` with `malformed` or `algorithm`.
    public static func parse(_ octets: [UInt8]) throws(SignInFault) -> JSONWebToken {
        guard octets.count <= Limits.token else {
            throw SignInFault(.malformed, "The provider's token is too long.")
        }
        let parts = octets.split(
            separator: UInt8(ascii: "."), maxSplits: 5, omittingEmptySubsequences: false)
        guard parts.count == 3 else {
            throw SignInFault(.malformed, "The provider's token is not one of three parts.")
        }
        guard let head = Base64URL.octets(parts[0]), let payload = Base64URL.octets(parts[1]),
            let signature = Base64URL.octets(parts[2]),
            let header = try? JSONDecoder().decode(Header.self, from: Data(head))
        else { throw SignInFault(.malformed, "The provider's token cannot be read.") }
        guard let algorithm = JSONWebToken.Algorithm(rawValue: header.alg) else {
            throw SignInFault(
                .algorithm,
                "The provider's token is signed in a way that is not taken; RS256, PS256 and "
                    + "ES256 are.")
        }
        // RFC 7515 §4.1.11: what must be understood and is not, ends it.
        guard header.crit == nil, header.b64 ?? true, header.zip == nil else {
            throw SignInFault(.malformed, "The provider's token wants what is not understood here.")
        }
        // RFC 8725 §3.11: a token that was made for something else is none for signing in.
        guard header.typ.map({ $0.uppercased() == "JWT" }) ?? true else {
            throw SignInFault(.malformed, "The provider's token is not one for signing in.")
        }
        return JSONWebToken(
            algorithm: algorithm, keyID: header.kid,
            signedOctets: Array(parts[0]) + [UInt8(ascii: ".")] + Array(parts[1]),
            signature: signature, payload: payload)
    }
}
