import MailAuthentication
import SwiftASN1
import Testing
import X509

/// The way from a mark certificate to a trusted root, and the file that it comes in.
@Suite struct MarkChainTests {
    private func validate(
        _ evidence: [UInt8], roots: MarkRoots
    ) async throws -> MarkCertificateValidation {
        await MarkCertificateValidator(roots: roots).validate(
            evidence,
            for: MarkCertificateRequest(author: try BIMISample.domain("example.com")),
            now: MarkAuthority.now)
    }

    private func roots(_ authority: MarkAuthority) throws -> MarkRoots {
        try MarkRoots(pem: MarkAuthority.pem([authority.root]))
    }

    private func codes(
        _ certificates: [Certificate], _ authority: MarkAuthority
    ) async throws -> [MarkCertificateProblem.Code] {
        try await validate(MarkAuthority.pem(certificates), roots: roots(authority)).problems.map(
            \.code)
    }

    @Test func `the root may stand in the file but is not trusted for that`() async throws {
        let authority = try MarkAuthority()
        let leaf = try authority.issue()
        let all = [leaf, authority.issuer, authority.root]
        #expect(try await codes(all, authority) == [])
        #expect(try await codes(all, MarkAuthority()) == [.untrustedIssuer])
        let pem = try MarkAuthority.pem(all)
        #expect(
            try await validate(pem, roots: MarkRoots()).problems.map(\.code) == [.untrustedIssuer])
    }

    @Test func `a missing issuer and a forged signature are told apart`() async throws {
        let authority = try MarkAuthority()
        let leaf = try authority.issue()
        #expect(try await codes([leaf], authority) == [.untrustedIssuer])
        // The same names, other keys.
        let forger = try MarkAuthority()
        #expect(
            try await codes([try forger.issue(), authority.issuer], authority) == [.wrongSignature])
        #expect(
            try await codes([try forger.issue(), forger.issuer], authority) == [.wrongSignature])
    }

    @Test func `an issuer must be an authority, and one for marks`() async throws {
        let plain = try MarkAuthority(isIssuerAuthority: false)
        #expect(
            try await codes([try plain.issue(), plain.issuer], plain) == [.brokenChain])
        let other = try MarkAuthority(issuerUsages: [.serverAuth])
        #expect(
            try await codes([try other.issue(), other.issuer], other) == [.issuerUsageMissing])
        let none = try MarkAuthority(issuerUsages: nil)
        #expect(try await codes([try none.issue(), none.issuer], none) == [.issuerUsageMissing])
    }

    @Test func `an issuer that expired is told by its place`() async throws {
        let old = try MarkAuthority(issuerNotAfter: MarkAuthority.now - 1)
        let pem = try MarkAuthority.pem([try old.issue(), old.issuer])
        let result = try await validate(pem, roots: roots(old))
        #expect(result.problems.map(\.code) == [.expired])
        #expect(result.problems.first?.index == 1)
    }

    @Test func `an unknown critical extension is refused and named`() async throws {
        let unknown = Certificate.Extension(
            oid: [1, 2, 3, 4], critical: true, value: [0x05, 0x00])
        let authority = try MarkAuthority()
        var order = MarkAuthority.Order()
        order.more.append(unknown)
        let pem = try MarkAuthority.pem([try authority.issue(order), authority.issuer])
        let result = try await validate(pem, roots: roots(authority))
        #expect(result.problems.map(\.code) == [.unknownCriticalExtension])
        #expect(result.problem?.contains("1.2.3.4") == true)
        let issuers = try MarkAuthority(issuerExtensions: [unknown])
        #expect(
            try await codes([try issuers.issue(), issuers.issuer], issuers)
                == [.unknownCriticalExtension])
    }

    @Test func `order and repetition are told and tolerated`() async throws {
        let authority = try MarkAuthority()
        let leaf = try authority.issue()
        let swapped = try await validate(
            MarkAuthority.pem([authority.issuer, leaf]), roots: roots(authority))
        #expect(swapped.isValid && swapped.advice.map(\.code) == [.outOfOrder])
        let twice = try await validate(
            MarkAuthority.pem([leaf, authority.issuer, leaf]), roots: roots(authority))
        #expect(twice.isValid)
        #expect(twice.advice.map(\.code) == [.duplicateCertificate, .outOfOrder])
        #expect(
            try await codes([leaf, try authority.issue(), authority.issuer], authority)
                == [.severalMarkCertificates])
    }

    // MARK: The file

    @Test(arguments: [
        ("", MarkCertificateProblem.Code.noCertificate), ("hello", .noCertificate),
        ("-----BEGIN CERTIFICATE-----\nMIIB\n", .unreadableText),
        ("-----BEGIN CERTIFICATE-----\nM*\n-----END CERTIFICATE-----", .unreadableText),
        ("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----", .unreadableText),
        (
            "-----BEGIN CERTIFICATE-----\n-----BEGIN CERTIFICATE-----\nMIIB\n"
                + "-----END CERTIFICATE-----", .unreadableText
        ),
        ("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----", .unreadableCertificate),
        ("-----END CERTIFICATE-----", .noCertificate),
        ("-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----", .noCertificate),
    ])
    func `a file that is no certificate is told`(
        text: String, code: MarkCertificateProblem.Code
    ) async throws {
        let result = try await validate(Array(text.utf8), roots: MarkRoots())
        #expect(result.problems.map(\.code) == [code])
    }

    @Test func `text around certificates and CRLF are passed over`() async throws {
        let authority = try MarkAuthority()
        let pem = String(
            decoding: try MarkAuthority.pem([try authority.issue(), authority.issuer]),
            as: UTF8.self)
        let text = "subject: x\n" + pem.replacing("\n", with: "\r\n") + "\r\nend"
        let result = try await validate(Array(text.utf8), roots: roots(authority))
        #expect(result.isValid, "\(result.problems)")
    }

    @Test func `a key that is too small is told with its size`() async throws {
        let result = try await validate(Array(Self.weak.utf8), roots: MarkRoots())
        #expect(result.problems.map(\.code) == [.weakKey])
        #expect(result.problem?.contains("1024 bits") == true)
    }

    @Test func `files and certificates are limited`() async throws {
        let authority = try MarkAuthority()
        let leaf = try authority.issue()
        let most = Array(repeating: authority.issuer, count: Limits.markCertificates - 1)
        #expect(try await codes([leaf] + most, authority) == [])
        #expect(
            try await codes([leaf] + most + [authority.issuer], authority)
                == [.tooManyCertificates])
        let pem = try MarkAuthority.pem([leaf, authority.issuer])
        let room = [UInt8](repeating: 10, count: Limits.markEvidenceOctets - pem.count)
        #expect(try await validate(pem + room, roots: roots(authority)).isValid)
        #expect(
            try await validate(pem + room + [10], roots: roots(authority)).problems.map(\.code)
                == [.evidenceTooLarge])
    }

    @Test func `roots are read whole or not at all`() throws {
        let authority = try MarkAuthority()
        let pem = try MarkAuthority.pem([authority.root, authority.issuer])
        #expect(try MarkRoots(pem: pem).count == 2)
        #expect(try MarkRoots(pem: pem).names == ["Test Mark Root", "Test Mark Issuer"])
        for bad in ["", "x", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----"] {
            #expect(throws: MarkRoots.Unreadable.self) { try MarkRoots(pem: Array(bad.utf8)) }
        }
        let one = try MarkAuthority.pem([authority.root]) + [10]
        let most = Array(repeatElement(one, count: Limits.markRoots).joined())
        #expect(try MarkRoots(pem: most).count == Limits.markRoots)
        #expect(throws: MarkRoots.Unreadable.self) { try MarkRoots(pem: most + one) }
    }

    /// A certificate with an RSA key of 1,024 bits.
    private static let weak = """
        -----BEGIN CERTIFICATE-----
        MIIB+jCCAWOgAwIBAgIUHBi/CR2j3YBgDl+xC1xEGS+zrz0wDQYJKoZIhvcNAQEL
        BQAwDzENMAsGA1UEAwwEd2VhazAeFw0yNjExMjIwMTM3NDJaFw0zNjExMTkwMTM3
        NDJaMA8xDTALBgNVBAMMBHdlYWswgZ8wDQYJKoZIhvcNAQEBBQADgY0AMIGJAoGB
        ANDoUGkBFtmkQz6uWdoTuDaVmQ5Rg6TC354snj8e2GadFK5gepwNu46JwY3ssOJC
        2pLZawfHjrXLwj+fTXcfk610Mg+AowJpSVJjPEfWZWSgBj5xStRPd9zymcFkpx0I
        paIu9AsNq7P69YYslB6OAXk7DGUG3A16dS+2y1ob/a03AgMBAAGjUzBRMB0GA1Ud
        DgQWBBSlG4U7nMSQURaChbUE6gDR8HPK5TAfBgNVHSMEGDAWgBSlG4U7nMSQURaC
        hbUE6gDR8HPK5TAPBgNVHRMBAf8EBTADAQH/MA0GCSqGSIb3DQEBCwUAA4GBAJfO
        kZvrSitlw97qfn+5ZsWtw0bKbZWbIPRToNOjn41YaZ/ltzH+AUInd5Gq+8AbQO7x
        Vxl/BeBx3kPtHe8CuHnHY9gdquVi0FpyEb8hDfsYI0Tv8CMHjs3IpgNVux03rzhZ
        5Efc0wYf+LM7yJxF5Vu0PH5HilUDOT4GF+39JqJt
        -----END CERTIFICATE-----
        """
}
