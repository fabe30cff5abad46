import Identities
import MailAuthentication
import SwiftASN1
import Testing
import X509

@Suite struct MarkCertificateValidatorTests {
    private let authority: MarkAuthority
    private let validator: MarkCertificateValidator

    init() throws {
        authority = try MarkAuthority()
        validator = MarkCertificateValidator(
            roots: try MarkRoots(pem: MarkAuthority.pem([authority.root])))
    }

    private func request(
        _ author: String = "example.com", organization: String? = nil,
        selector: String = "default", logo: [UInt8]? = nil
    ) throws -> MarkCertificateRequest {
        MarkCertificateRequest(
            author: try BIMISample.domain(author),
            organizationalDomain: try organization.map(BIMISample.domain), selector: selector,
            publishedLogo: logo)
    }

    private func validate(
        _ change: (inout MarkAuthority.Order) -> Void = { _ in },
        for request: MarkCertificateRequest? = nil, at now: Int64 = MarkAuthority.now
    ) async throws -> MarkCertificateValidation {
        var order = MarkAuthority.Order()
        change(&order)
        let pem = try MarkAuthority.pem([try authority.issue(order), authority.issuer])
        return await validator.validate(pem, for: try request ?? self.request(), now: now)
    }

    private func codes(
        _ change: (inout MarkAuthority.Order) -> Void = { _ in },
        for request: MarkCertificateRequest? = nil, at now: Int64 = MarkAuthority.now
    ) async throws -> [MarkCertificateProblem.Code] {
        try await validate(change, for: request, at: now).problems.map(\.code)
    }

    // MARK: Good ones

    @Test func `a verified mark certificate is valid and described`() async throws {
        let logo = Array(BIMISample.logo.utf8)
        let result = try await validate(for: try request(logo: logo))
        #expect(result.isValid, "\(result.problems)")
        #expect(result.advice.isEmpty, "\(result.advice)")
        #expect(result.kind == .verified && result.markType == .registered)
        #expect(result.organization == "Example Ltd")
        #expect(result.issuer == "Test Authority")
        #expect(result.names == ["example.com"])
        #expect(result.notBefore == MarkAuthority.now - 1_000_000)
        #expect(result.notAfter == MarkAuthority.now + 1_000_000)
        #expect(result.transparencyProofs == 1)
        #expect(result.logo == logo)
        #expect(result.chain == ["Example Ltd", "Test Mark Issuer", "Test Mark Root"])
        #expect(result.logoValidation?.isValid == true)
    }

    @Test func `certificates of all kinds of marks are valid`() async throws {
        let common = try await validate { $0.subject = MarkAuthority.priorUse }
        #expect(common.isValid && common.kind == .common, "\(common.problems)")
        let government = try await validate { $0.subject = MarkAuthority.government }
        #expect(government.isValid && government.kind == .verified, "\(government.problems)")
        let modified = try await validate {
            $0.subject = MarkAuthority.registered.filter { $0.1 != "Registered Mark" }
            $0.subject.append(MarkAuthority.mark("Modified Registered Mark"))
        }
        #expect(modified.isValid && modified.kind == .common, "\(modified.problems)")
    }

    @Test func `extensions that we know may be critical`() async throws {
        #expect(
            try await codes {
                $0.isLogotypeCritical = true
                $0.isUsageCritical = true
            } == [])
    }

    @Test func `names cover the author, its organisation, or one selector`() async throws {
        func covers(_ name: String, _ author: String, _ selector: String) async throws -> Bool {
            let request = try request(author, organization: "example.com", selector: selector)
            return try await codes({ $0.names = ["other.example", name] }, for: request) == []
        }
        #expect(try await covers("Example.COM", "example.com", "default"))
        #expect(try await covers("example.com", "news.example.com", "default"))
        #expect(try await covers("news.example.com", "news.example.com", "x"))
        #expect(try await covers("x._bimi.example.com", "news.example.com", "x"))
        #expect(try await covers("x._bimi.news.example.com", "news.example.com", "x"))
        #expect(try await !covers("x._bimi.example.com", "example.com", "default"))
        #expect(try await !covers("*.example.com", "news.example.com", "default"))
        #expect(try await !covers("news.example.com", "example.com", "default"))
        #expect(try await !covers("ample.com", "example.com", "default"))
    }

    // MARK: Violations of the mark certificate

    @Test func `a certificate for another domain is refused`() async throws {
        #expect(try await codes { $0.names = ["other.example"] } == [.namesMismatch])
        #expect(try await codes { $0.names = [] } == [.namesMissing])
    }

    @Test func `a certificate for another purpose is refused`() async throws {
        #expect(try await codes { $0.usages = [.serverAuth] } == [.usageMissing])
        #expect(try await codes { $0.usages = [] } == [.usageMissing])
        #expect(try await codes { $0.usages = [.any] } == [.usageMissing])
        #expect(try await codes { $0.usages = [.serverAuth, MarkAuthority.usage] } == [])
    }

    @Test func `an authority and name constraints are no mark certificate`() async throws {
        let authority = try await codes { $0.isAuthority = true }
        #expect(authority.contains(.isAuthority))
        let constrained = try await codes {
            $0.more.append(
                Certificate.Extension(
                    oid: [2, 5, 29, 30], critical: false, value: [0x30, 0x00]))
        }
        #expect(constrained.contains(.nameConstraints))
    }

    @Test func `times are those at the moment that was given`() async throws {
        let end = MarkAuthority.now + 1_000_000
        #expect(try await codes(at: end) == [])
        let late = try await validate(at: end + 1)
        #expect(late.problems.map(\.code) == [.expired])
        #expect(late.problems.first?.index == 0)
        #expect(late.problem == "The certificate of “Example Ltd” expired on 2026-06-09.")
        #expect(try await codes(at: MarkAuthority.now - 1_000_001) == [.notYetValid])
        #expect(try await codes(at: .max).contains(.expired))
        #expect(try await codes(at: .min).contains(.notYetValid))
    }

    @Test func `the kind of mark decides what the subject must name`() async throws {
        #expect(try await codes { $0.subject = MarkAuthority.common } == [.markTypeMissing])
        #expect(
            try await codes {
                $0.subject = MarkAuthority.common + [MarkAuthority.mark("My Mark")]
            } == [.markTypeUnknown])
        let bare = try await validate {
            $0.subject = MarkAuthority.common + [MarkAuthority.mark("Registered Mark")]
        }
        #expect(bare.problems.map(\.code) == [.subjectFieldMissing, .subjectFieldMissing])
        #expect(bare.problem?.contains("trademarkCountryOrRegionName") == true)
        #expect(
            try await codes {
                $0.subject = MarkAuthority.common + [MarkAuthority.mark("Government Mark")]
            } == [.subjectFieldMissing, .subjectFieldMissing])
        #expect(
            try await codes {
                $0.subject += [([1, 3, 6, 1, 4, 1, 53087, 5, 1], "https://a/")]
            } == [.subjectFieldForeign])
        for (index, field) in MarkAuthority.common.enumerated() {
            let result = try await validate {
                $0.subject = MarkAuthority.registered
                $0.subject.remove(at: index)
            }
            #expect(result.problems.map(\.code) == [.subjectFieldMissing], "\(field)")
        }
        #expect(
            try await codes {
                $0.subject += [([1, 3, 6, 1, 4, 1, 311, 60, 2, 1, 1], "London")]
            } == [.subjectFieldMissing])
    }

    @Test func `rules that came later do not hold for older certificates`() async throws {
        let april: Int64 = 1_744_675_200
        func priorUse(from start: Int64) async throws -> [MarkCertificateProblem.Code] {
            try await codes {
                $0.subject = MarkAuthority.common + [MarkAuthority.mark("Prior Use Mark")]
                $0.notBefore = start
            }
        }
        #expect(try await priorUse(from: april - 1) == [])
        #expect(try await priorUse(from: april) == [.subjectFieldMissing])
        let march: Int64 = 1_741_996_800
        let early = try await validate {
            $0.more.append(MarkAuthority.pilot)
            $0.notBefore = march - 1
        }
        #expect(early.isValid && early.advice.map(\.code) == [.pilotTolerated])
        #expect(
            try await codes {
                $0.more.append(MarkAuthority.pilot)
                $0.notBefore = march
            } == [.pilot])
    }

    @Test func `missing proofs and revocation lists are told and tolerated`() async throws {
        let result = try await validate { $0.more = [] }
        #expect(result.isValid)
        #expect(result.advice.map(\.code) == [.noTransparencyProof, .noRevocationList])
        let damaged = try await validate {
            $0.more = [
                MarkAuthority.revocation,
                Certificate.Extension(
                    oid: [1, 3, 6, 1, 4, 1, 11129, 2, 4, 2], critical: false,
                    value: [0x04, 0x04, 0x00, 0x05, 0x00, 0x03]),
            ]
        }
        #expect(damaged.transparencyProofs == 0)
    }

    @Test func `names are limited`() async throws {
        let names = (0..<Limits.markCertificateNames).map { "a\($0).example" }
        #expect(try await codes { $0.names = ["example.com"] + names.dropFirst() } == [])
        #expect(try await codes { $0.names = ["example.com"] + names } == [.tooManyNames])
    }
}
