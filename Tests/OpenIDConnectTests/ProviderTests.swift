import Foundation
import OpenIDConnect
import Testing

/// What is asked of a provider, what is believed of its answers, and how often it is asked.
struct ProviderTests {
    typealias Samples = TokenSamples
    private static let now = Samples.now
    private static let request = SignInRequest(
        redirect: "https://seal.example/back", state: "st&te", nonce: Samples.nonce,
        // RFC 7636 appendix B.
        verifier: "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")

    private static func metadata(_ changes: [String: Any?] = [:]) throws -> [UInt8] {
        var metadata: [String: Any] = [
            "issuer": Samples.issuer, "authorization_endpoint": Samples.issuer + "/authorize",
            "token_endpoint": Samples.issuer + "/token", "jwks_uri": Samples.issuer + "/keys",
        ]
        for (name, value) in changes { metadata[name] = value }
        return try Samples.json(metadata)
    }

    private struct Bed {
        let samples: Samples
        let web = SampleWeb()
        let provider: Provider

        init(secret: String? = "s/cr t", metadata: [UInt8]? = nil) throws {
            samples = try Samples()
            let issuer = try #require(ProviderAddress(Samples.issuer))
            provider = Provider(
                options: ProviderOptions(
                    issuer: issuer, clientID: Samples.client, clientSecret: secret), web: web)
            web.answer(
                "/.well-known/openid-configuration", try metadata ?? ProviderTests.metadata())
            web.answer("/keys", try samples.keys())
            try give(try samples.token("RS256"))
        }

        func give(_ token: [UInt8]) throws {
            web.answer(
                "/token",
                try Samples.json(["id_token": String(decoding: token, as: UTF8.self)]))
        }

        func code(
            _ text: String = "c", named: String? = nil, now: Int64 = Samples.now
        ) async -> SignInFault.Code? {
            do {
                _ = try await provider.identity(
                    code: text, named: named, for: ProviderTests.request, now: now)
                return nil
            } catch {
                return error.code
            }
        }

        func asked(_ path: String) -> [ProviderRequest] {
            web.asked.filter { $0.address.text == Samples.issuer + path }
        }
    }

    @Test func `a browser is sent with everything that binds the answer to it`() async throws {
        let bed = try Bed()
        let text = try await bed.provider.address(for: Self.request, now: Self.now)
        let address = try #require(URLComponents(string: text))
        #expect(text.hasPrefix(Samples.issuer + "/authorize?"))
        let query = Dictionary(
            uniqueKeysWithValues: (address.queryItems ?? []).map { ($0.name, $0.value ?? "") })
        #expect(
            query == [
                "response_type": "code", "client_id": "sealgate",
                "redirect_uri": "https://seal.example/back", "scope": "openid profile email",
                "state": "st&te", "nonce": Samples.nonce, "code_challenge_method": "S256",
                "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
            ])
    }

    @Test func `a code is exchanged with the secret in the header, or where the provider wants it`()
        async throws
    {
        let bed = try Bed()
        #expect(await bed.code() == nil)
        let post = try #require(bed.asked("/token").first)
        #expect(
            post.authorization == "Basic " + Data("sealgate:s%2Fcr%20t".utf8).base64EncodedString())
        let form = try #require(post.form).coded
        #expect(
            form == "grant_type=authorization_code&code=c&redirect_uri=https%3A%2F%2Fseal.example"
                + "%2Fback&code_verifier=\(Self.request.verifier)")
        for (secret, methods, expected) in [
            ("x", ["client_secret_post"], "client_secret=x"), (nil, ["none"], "client_id=sealgate"),
        ] as [(String?, [String], String)] {
            let other = try Bed(
                secret: secret,
                metadata: Self.metadata(["token_endpoint_auth_methods_supported": methods]))
            #expect(await other.code() == nil)
            let post = try #require(other.asked("/token").first)
            #expect(post.authorization == nil)
            #expect(post.form?.coded.contains(expected) == true)
        }
    }

    @Test func `metadata of another, or that leads elsewhere, is refused`() async throws {
        for changes in [
            ["issuer": "https://evil.example"], ["issuer": Samples.issuer + "/"], ["issuer": nil],
            ["token_endpoint": nil], ["token_endpoint": "http://login.example/token"],
            ["token_endpoint": "https://10.0.0.1/token"], ["jwks_uri": "https://[::1]/keys"],
            ["jwks_uri": "https://localhost/keys"], ["jwks_uri": "file:///etc/passwd"],
            ["jwks_uri": "https://metadata/keys"], ["jwks_uri": "https://a@login.example/keys"],
            ["authorization_endpoint": "javascript:alert(1)"],
            ["authorization_endpoint": Samples.issuer + "/a#b"],
            ["authorization_endpoint": Samples.issuer + "/\" onload"],
            ["code_challenge_methods_supported": ["plain"]],
        ] as [[String: Any?]] {
            let bed = try Bed(metadata: Self.metadata(changes))
            #expect(await bed.code() == .metadata, "\(changes)")
            #expect(bed.web.asked.count == 1, "\(changes)")
        }
        for changes in [
            ["jwks_uri": "https://keys.example.com/"],
            ["code_challenge_methods_supported": ["plain", "S256"]],
        ] as [[String: Any?]] {
            let bed = try Bed(metadata: Self.metadata(changes))
            bed.web.answer("/keys", [])
            _ = await bed.code()
            #expect(bed.web.asked.count == 3, "\(changes)")
        }
        let bed = try Bed(metadata: Array("<html>".utf8))
        #expect(await bed.code() == .metadata)
        let redirecting = try Bed()
        redirecting.web.answer("/.well-known/openid-configuration", [], status: 302)
        #expect(await redirecting.code() == .metadata)
    }

    @Test func `answers that name another provider, or bring no code, are not exchanged`()
        async throws
    {
        let bed = try Bed()
        #expect(await bed.code(named: "https://evil.example") == .issuer)
        #expect(await bed.code("") == .code)
        #expect(await bed.code(String(repeating: "x", count: Limits.code + 1)) == .code)
        #expect(bed.asked("/token").isEmpty)
        #expect(await bed.code(named: Samples.issuer) == nil)
        let strict = try Bed(
            metadata: Self.metadata(["authorization_response_iss_parameter_supported": true]))
        #expect(await strict.code() == .issuer)
        #expect(await strict.code(named: Samples.issuer) == nil)
    }

    @Test func `a code used twice, a redirect and nonsense in place of a token are told`()
        async throws
    {
        let bed = try Bed()
        for (status, body, expected) in [
            (400, "{\"error\":\"invalid_grant\"}", SignInFault.Code.code), (302, "", .code),
            (500, "", .code), (200, "", .malformed), (200, "{}", .malformed),
            (200, "{\"id_token\":5}", .malformed), (200, "{\"id_token\":\"\"}", .malformed),
        ] {
            bed.web.answer("/token", Array(body.utf8), status: status)
            #expect(await bed.code() == expected, "\(status) \(body)")
        }
        bed.web.answer("/token", [UInt8](repeating: 0x20, count: Limits.answer + 1))
        #expect(await bed.code() == .unreachable)
    }

    @Test func `metadata and keys are kept for a while, and new keys are looked for once a minute`()
        async throws
    {
        let bed = try Bed()
        #expect(await bed.code() == nil)
        #expect(await bed.code() == nil)
        #expect(bed.asked("/keys").count == 1)
        #expect(bed.asked("/.well-known/openid-configuration").count == 1)
        // The provider signs with a new key, of which nobody knows yet.
        let next = try Samples()
        try bed.give(try next.token("RS256", header: ["kid": "next"]))
        bed.web.answer(
            "/keys", try Samples.json(["keys": [try next.key("RS256", ["kid": "next"])]]))
        #expect(await bed.code(now: Self.now + 1) == .unknownKey)
        #expect(bed.asked("/keys").count == 1)
        #expect(await bed.code(now: Self.now + Limits.keysPause) == nil)
        #expect(bed.asked("/keys").count == 2)
        // Many with keys that nobody has make us ask no more often.
        try bed.give(try next.token("RS256", header: ["kid": "foreign"]))
        for second in 1...5 {
            #expect(await bed.code(now: Self.now + Limits.keysPause + Int64(second)) == .unknownKey)
        }
        #expect(bed.asked("/keys").count == 2)
        try bed.give(
            try next.token(
                "RS256",
                claims: Samples.claims(["iat": Self.now + 4_000, "exp": Self.now + 4_300]),
                header: ["kid": "next"]))
        #expect(await bed.code(now: Self.now + 4_000) == nil)
        #expect(bed.asked("/keys").count == 3)
        #expect(bed.asked("/.well-known/openid-configuration").count == 2)
    }

    @Test func `more sign-ins at once than there is room for are told to come back`() async throws {
        let bed = try Bed()
        bed.web.holdAll()
        let codes = await withTaskGroup(of: SignInFault.Code?.self) { group in
            for _ in 0...Limits.requestsAtOnce { group.addTask { await bed.code() } }
            // All but one wait; the one that finds no room ends at once.
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
        #expect(codes == .busy)
    }

    @Test func `addresses that may be asked are HTTPS, or on this machine`() {
        for text in [
            "https://login.example", "https://login.example:8443/realms/x?y=1",
            "http://127.0.0.1:8080", "http://[::1]:8080/x", "http://localhost/x",
        ] {
            #expect(ProviderAddress(text) != nil, "\(text)")
        }
        for text in [
            "", "login.example", "http://login.example", "ftp://login.example", "https://",
            "https:///x", "https://a b", "https://login.example:0", "https://login.example:99999",
            "https://user@login.example", "https://login.example#x", "https://[::1", "https://[x]",
            "https://lögin.example", "https://login.example\\@evil.example",
            "http://127.0.0.1.evil",
            "https://" + String(repeating: "a", count: Limits.address),
        ] {
            #expect(ProviderAddress(text) == nil, "\(text)")
        }
    }
}
