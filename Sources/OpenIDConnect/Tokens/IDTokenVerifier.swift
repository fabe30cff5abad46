import FoundationEssentials

/// Who somebody is at the provider, as a token proved it.
public struct ProvenIdentity: Hashable, Sendable {
    public var issuer: String
    /// Never given to anybody else by this issuer; the only thing that a person is known by.
    public var subject: String
    /// How the provider calls the person; for reading only.
    public var name: String?
    public var address: String?
    /// Whether the provider says that the address is theirs.
    public var isAddressVerified: Bool
}

/// Checks a token that says who somebody is (OpenID Connect Core 1.0 §3.1.3.7).
public struct IDTokenVerifier: Sendable {
    let issuer: String
    let clientID: String

    /// - Parameters:
    ///   - issuer: the one that is configured, compared octet by octet.
    ///   - clientID: whom the token has to be for.
    public init(issuer: String, clientID: String) {
        self.issuer = issuer
        self.clientID = clientID
    }

    /// - Parameters:
    ///   - nonce: what this sign-in asked the provider to put into the token.
    ///   - now: seconds since 1970-01-01T00:00:00Z.
    /// - Throws: `SignInFault`.
    public func verify(
        _ octets: [UInt8], keys: KeySet, nonce: String, now: Int64
    ) throws(SignInFault) -> ProvenIdentity {
        let token = try JSONWebTokenParser.parse(octets)
        guard try keys.key(for: token).verifies(token) else {
            throw SignInFault(.signature, "The signature of the provider's token is wrong.")
        }
        guard let claims = try? JSONDecoder().decode(Claims.self, from: Data(token.payload)) else {
            throw SignInFault(.malformed, "The provider's token lacks what it has to say.")
        }
        try checkParties(claims)
        try checkTime(claims, now)
        guard claims.nonce == nonce else {
            throw SignInFault(.nonce, "The provider's token was made for another sign-in.")
        }
        guard (1...Limits.subject).contains(claims.sub.utf8.count),
            claims.sub.utf8.allSatisfy({ (0x20...0x7E).contains($0) })
        else { throw SignInFault(.subject, "The provider does not say who this is.") }
        return ProvenIdentity(
            issuer: claims.iss, subject: claims.sub,
            name: claims.name ?? claims.preferredName ?? claims.email, address: claims.email,
            isAddressVerified: claims.isEmailVerified)
    }

    private func checkParties(_ claims: Claims) throws(SignInFault) {
        guard claims.iss.utf8.elementsEqual(issuer.utf8) else {
            throw SignInFault(.issuer, "The token comes from another provider.")
        }
        guard claims.aud.contains(clientID),
            claims.aud.count == 1 || claims.azp != nil,
            claims.azp.map({ $0 == clientID }) ?? true
        else { throw SignInFault(.audience, "The provider's token is for another program.") }
    }

    private func checkTime(_ claims: Claims, _ now: Int64) throws(SignInFault) {
        let (present, skew) = (Double(now), Double(Limits.skew))
        guard claims.exp > present - skew else {
            throw SignInFault(.expired, "The provider's token has expired. Are both clocks right?")
        }
        guard claims.iat <= present + skew, claims.nbf ?? claims.iat <= present + skew,
            claims.iat >= present - skew - Double(Limits.tokenAge)
        else {
            throw SignInFault(
                .issuedAt,
                "The provider's token was not made just now. Are both clocks right?")
        }
    }
}

/// What a token says. Whatever is only for reading is left out where it makes no sense.
private struct Claims: Decodable {
    let iss: String
    let sub: String
    let aud: [String]
    let azp: String?
    let exp: Double
    let iat: Double
    let nbf: Double?
    let nonce: String?
    let name: String?
    let preferredName: String?
    let email: String?
    let isEmailVerified: Bool

    private enum Keys: String, CodingKey {
        case iss, sub, aud, azp, exp, iat, nbf, nonce, name, email
        case preferredName = "preferred_username"
        case isEmailVerified = "email_verified"
    }

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Keys.self)
        iss = try values.decode(String.self, forKey: .iss)
        sub = try values.decode(String.self, forKey: .sub)
        if let one = try? values.decode(String.self, forKey: .aud) {
            aud = [one]
        } else {
            aud = try values.decode([String].self, forKey: .aud)
        }
        azp = try values.decodeIfPresent(String.self, forKey: .azp)
        exp = try values.decode(Double.self, forKey: .exp)
        iat = try values.decode(Double.self, forKey: .iat)
        nbf = try values.decodeIfPresent(Double.self, forKey: .nbf)
        nonce = try values.decodeIfPresent(String.self, forKey: .nonce)
        name = try? values.decode(String.self, forKey: .name)
        preferredName = try? values.decode(String.self, forKey: .preferredName)
        email = try? values.decode(String.self, forKey: .email)
        // Some send the word "true": that is not what the standard says, and counts as no.
        isEmailVerified = (try? values.decode(Bool.self, forKey: .isEmailVerified)) ?? false
    }
}
