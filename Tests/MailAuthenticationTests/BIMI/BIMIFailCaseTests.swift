import FoundationEssentials
import MailAuthentication
import TestSupport
import Testing

/// Inputs that once brought a parser down, found by the fuzz targets of BIMI.
@Suite struct BIMIFailCaseTests {
    private func cases(_ target: String) throws -> [[UInt8]] {
        let folder =
            SharedData.packageRoot + "/Tests/MailAuthenticationTests/Fixtures/FailCases/" + target
        guard FileManager.default.fileExists(atPath: folder) else { return [] }
        return try FileManager.default.contentsOfDirectory(atPath: folder).sorted().map {
            try SharedData.bytes(folder + "/" + $0)
        }
    }

    @Test func `logos that once failed are judged`() throws {
        for octets in try cases("SVGTinyPSFuzz") {
            let result = SVGTinyPSValidator().validate(octets)
            #expect(result.isValid == (result.problem == nil))
        }
    }

    @Test func `certificates that once failed are judged`() async throws {
        let validator = MarkCertificateValidator(roots: MarkRoots())
        for octets in try cases("MarkCertificateFuzz") {
            let result = await validator.validate(
                octets,
                for: MarkCertificateRequest(author: try BIMISample.domain("example.com")),
                now: MarkAuthority.now)
            #expect(!result.isValid)
        }
    }

    @Test func `records that once failed are read`() throws {
        for octets in try cases("BIMIRecordFuzz") {
            _ = BIMIRecordParser.parse(String(decoding: octets, as: UTF8.self))
            _ = BIMISelector(parsing: octets[...])
        }
    }
}
