import MailAuthentication
import Testing

@Suite struct DKIMKeyRecordTests {
    private static func record(_ text: String) throws -> DKIMKeyRecord {
        guard case .record(let record) = DKIMKeyRecord.parse(text) else {
            throw DKIMTestKeys.Absent()
        }
        return record
    }

    private static func reason(_ text: String) -> String? {
        if case .invalid(let reason) = DKIMKeyRecord.parse(text) { return reason }
        return nil
    }

    @Test func `every tag is read`() throws {
        let record = try Self.record(
            "v=DKIM1; h=sha1 : sha256; k=ed25519; n=a note; s=email:x; t=y:s; p=AA EC Aw==; u=1")
        #expect(record.version == "DKIM1" && record.keyType == "ed25519")
        #expect(
            record.hashAlgorithms == ["sha1", "sha256"] && record.serviceTypes == ["email", "x"])
        #expect(record.notes == "a note" && record.publicKey == [0, 1, 2, 3])
        #expect(record.isTesting && record.isStrict && !record.isRevoked)
        #expect(record.allows(.sha256) && record.allows(service: "email"))
        #expect(!record.allows(service: "tlsrpt"))
    }

    @Test func `what was not sent has its default`() throws {
        let record = try Self.record("p=AAEC")
        #expect(record.version == nil && record.keyType == "rsa" && record.serviceTypes == ["*"])
        #expect(record.hashAlgorithms == nil && record.allows(.sha1))
        #expect(!record.isTesting && !record.isStrict)
    }

    @Test func `an empty key is a revoked one`() throws {
        #expect(try Self.record("v=DKIM1; p=").isRevoked)
        #expect(try Self.record("v=DKIM1; p= ;").isRevoked)
    }

    @Test func `empty tags in a record are passed over`() throws {
        #expect(try Self.record("v=DKIM1;; k=rsa; ; p=AAEC;").publicKey.count == 3)
    }

    @Test func `records that are none are told with the reason`() {
        #expect(Self.reason("v=DKIM1; k=rsa")?.contains("p=") == true)
        #expect(Self.reason("k=rsa; v=DKIM1; p=AAEC")?.contains("v=DKIM1") == true)
        #expect(Self.reason("v=DKIM2; p=AAEC")?.contains("v=DKIM1") == true)
        #expect(Self.reason("v=spf1 -all")?.contains("v=DKIM1") == true)
        #expect(Self.reason("hello")?.contains("cannot be read") == true)
        #expect(Self.reason("")?.contains("cannot be read") == true)
        #expect(Self.reason("v=DKIM1; p=AA*C")?.contains("base64") == true)
        #expect(Self.reason("v=DKIM1; p=AAEC; p=AAEC")?.contains("twice") == true)
    }

    @Test func `the length of a record is bounded`() {
        let start = "v=DKIM1; p=AAEC; n="
        let room = Limits.dkimKeyRecordOctets - start.utf8.count
        #expect(Self.reason(start + String(repeating: "a", count: room)) == nil)
        let reason = Self.reason(start + String(repeating: "a", count: room + 1))
        #expect(reason?.contains("65535") == true)
    }

    @Test func `words of one list are bounded`() throws {
        let words = Array(repeating: "a", count: 200).joined(separator: ":")
        let record = try Self.record("p=AAEC; t=\(words)")
        #expect(record.flags == Array(repeating: "a", count: Limits.dkimKeyRecordWords))
    }
}
