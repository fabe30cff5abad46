import MailAuthentication
import Testing

/// The logo inside a mark certificate.
@Suite struct MarkLogotypeTests {
    private let authority: MarkAuthority
    private let validator: MarkCertificateValidator

    init() throws {
        authority = try MarkAuthority()
        validator = MarkCertificateValidator(
            roots: try MarkRoots(pem: MarkAuthority.pem([authority.root])))
    }

    private func validate(
        _ logotype: [UInt8]?, published: [UInt8]? = nil
    ) async throws -> MarkCertificateValidation {
        var order = MarkAuthority.Order()
        order.logotype = logotype
        return await validator.validate(
            try MarkAuthority.pem([try authority.issue(order), authority.issuer]),
            for: MarkCertificateRequest(
                author: try BIMISample.domain("example.com"), publishedLogo: published),
            now: MarkAuthority.now)
    }

    private func codes(
        _ logotype: [UInt8]?, published: [UInt8]? = nil
    ) async throws -> [MarkCertificateProblem.Code] {
        try await validate(logotype, published: published).problems.map(\.code)
    }

    private let plain = Array(BIMISample.logo.utf8)

    @Test func `a logo that is not compressed is taken with advice`() async throws {
        let result = try await validate(MarkAuthority.logotype(plain))
        #expect(result.isValid, "\(result.problems)")
        #expect(result.advice.map(\.code) == [.logotypeNotCompressed])
        #expect(result.logo == plain)
    }

    @Test func `a certificate without a readable logo is refused`() async throws {
        #expect(try await codes(nil) == [.logotypeMissing])
        #expect(try await codes([0x30, 0x05, 0x01]) == [.logotypeUnreadable])
        #expect(try await codes([0x04, 0x00]) == [.logotypeUnreadable])
        #expect(try await codes([0x30, 0x00]) == [.logotypeNotEmbedded])
        #expect(
            try await codes(MarkAuthority.logotype(firstAddress: "https://example.com/a.svg"))
                == [.logotypeNotEmbedded])
        #expect(
            try await codes(MarkAuthority.logotype(firstAddress: "data:image/svg+xml,<svg/>"))
                == [.logotypeNotEmbedded])
        #expect(
            try await codes(
                MarkAuthority.logotype(firstAddress: "data:image/svg+xml;base64,AA*A"))
                == [.logotypeNotEmbedded])
        // Only the logo of the issuer.
        let issuers = MarkAuthority.node(
            0x30, [0xA1] + MarkAuthority.logotype().dropFirst(4).dropFirst(1))
        #expect(try await codes(issuers) == [.logotypeNotEmbedded])
    }

    @Test func `the digest must be that of the logo, compressed or not`() async throws {
        #expect(try await codes(MarkAuthority.logotype(digestOf: [1])) == [.logotypeHashMismatch])
        #expect(
            try await codes(MarkAuthority.logotype(algorithm: [0x06, 0x01, 0x2A]))
                == [.logotypeHashMissing])
    }

    @Test func `a logo of another type is refused`() async throws {
        #expect(
            try await codes(MarkAuthority.logotype(type: "image/png")) == [.logotypeMediaType])
    }

    @Test func `the logo inside is held against the profile`() async throws {
        let bad = Array(BIMISample.logo.replacing("<circle", with: "<script/><circle").utf8)
        let result = try await validate(MarkAuthority.logotype(bad))
        #expect(result.problems.map(\.code) == [.logoInvalid])
        #expect(result.logoValidation?.violations.map(\.code) == [.script])
        let damaged = try await validate(MarkAuthority.logotype([0x1F, 0x8B, 8]))
        #expect(damaged.problems.map(\.code) == [.logoInvalid])
        #expect(damaged.logo == nil)
    }

    @Test func `the published logo must be the same`() async throws {
        let logotype = MarkAuthority.logotype()
        #expect(try await codes(logotype, published: plain) == [])
        #expect(try await codes(logotype, published: plain + [0x20]) == [.logoMismatch])
        #expect(try await codes(logotype, published: [0x1F, 0x8B]) == [.logoMismatch])
    }

    @Test func `images are limited`() async throws {
        let most = MarkAuthority.logotype(copies: Limits.markLogotypes)
        #expect(try await codes(most) == [])
        let more = MarkAuthority.logotype(copies: Limits.markLogotypes + 1)
        #expect(try await codes(more) == [.logotypeNotEmbedded])
    }
}
