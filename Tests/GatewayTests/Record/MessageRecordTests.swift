import Gateway
import Identities
import SMTP
import Spool
import Testing

struct MessageRecordTests {
    @Test func `a record comes back as it was written`() throws {
        let record = try RecordSamples.accepted()
        #expect(MessageRecord(encoded: record.encoded()) == record)
        var bare = record
        bare.client = nil
        bare.heloName = nil
        bare.tls = nil
        bare.reversePath = .null
        bare.recipients = [.postmaster]
        bare.recipientCount = 1
        bare.header = RecordedHeader()
        bare.identities = ValidatedIdentities()
        bare.checks = []
        bare.decision = Decision(.reject, [])
        #expect(MessageRecord(encoded: bare.encoded()) == bare)
    }

    @Test func `what was done with a message comes back, and older records did nothing`() throws {
        var record = try RecordSamples.accepted()
        let octets = record.encoded()
        // Layout 1 ended before the number of acts.
        #expect(MessageRecord(encoded: [1] + octets.dropFirst().dropLast()) == record)
        record.acts = RecordedAct.Kind.allCases.map { RecordedAct($0, "Done as asked for.") }
        #expect(MessageRecord(encoded: record.encoded()) == record)
    }

    @Test func `an IPv6 client and a mailbox at an address come back`() throws {
        var record = try RecordSamples.accepted()
        record.client = IPAddress("2001:db8::17")
        let host = try #require(IPAddress("2001:db8::25"))
        record.reversePath = ReversePath(
            Mailbox(localPart: "a b\"c", host: .address(host)))
        #expect(MessageRecord(encoded: record.encoded()) == record)
    }

    @Test func `every disposition, role and method has its own code`() throws {
        var record = try RecordSamples.accepted()
        for disposition in Decision.Disposition.allCases {
            for role in MessageRecord.Role.allCases {
                record.role = role
                record.decision.disposition = disposition
                record.checks = RecordedCheck.Method.allCases.map {
                    RecordedCheck($0, "pass", "Seen.")
                }
                #expect(MessageRecord(encoded: record.encoded()) == record)
            }
        }
    }

    @Test func `every beginning and every single change of a record is read without harm`() throws {
        let octets = try RecordSamples.accepted().encoded()
        for end in 0..<octets.count {
            #expect(MessageRecord(encoded: Array(octets[..<end])) == nil)
        }
        #expect(MessageRecord(encoded: octets + [0]) == nil)
        for position in octets.indices {
            for bit in 0..<8 {
                var changed = octets
                changed[position] ^= 1 << UInt8(bit)
                // Whatever comes out can be written again.
                if let record = MessageRecord(encoded: changed) { _ = record.encoded() }
            }
        }
    }

    @Test func `counts that promise more than is there are refused`() throws {
        // A layout that we do not know, a number that never ends, more than a record may hold.
        #expect(MessageRecord(encoded: [3, 0]) == nil)
        #expect(MessageRecord(encoded: [1] + Array(repeating: 0xFF, count: 20)) == nil)
        #expect(
            MessageRecord(encoded: [UInt8](repeating: 1, count: Limits.recordOctets + 1)) == nil)
    }

    @Test func `the largest message makes a record that the spool takes`() throws {
        var record = try RecordSamples.accepted()
        let domain = String(repeating: "abcdefghi.", count: 25) + "org"
        let name = try #require(DomainName(domain))
        let local = String(repeating: "ü", count: 128)
        let path = ForwardPath(try #require(Mailbox(localPart: local, host: .domain(name))))
        record.recipients = Array(repeating: path, count: 5_000)
        record.recipientCount = 5_000
        let long = String(repeating: "ä", count: 100_000)
        record.heloName = long
        record.tls = RecordedTLS(version: long, cipher: long, clientCertificateName: long)
        record.header = RecordedHeader(
            authorAddress: long, authorName: long, subject: long, messageID: long, date: long)
        record.identities.dkim = Array(repeating: name, count: 1_000)
        record.checks = Array(
            repeating: RecordedCheck(.dkim, long, domain: long, long), count: 1_000)
        record.decision = Decision(
            .hold, Array(repeating: DecisionReason(.overran, long), count: 1_000))
        record.route = long
        record.acts = Array(repeating: RecordedAct(.leftAlone, long), count: 100)
        let octets = record.encoded()
        #expect(octets.count <= Limits.recordOctets)
        let found = try #require(MessageRecord(encoded: octets))
        #expect(found.recipientCount == 5_000)
        #expect(found.recipients.count > 300)
        #expect(found.recipients.count < 5_000)
        #expect(found.checks.count == Limits.recordChecks)
        #expect(found.decision.reasons.count == Limits.recordReasons)
        #expect(found.identities.dkim.count == Limits.recordDomains)
        #expect(found.acts.count == Limits.recordActs)
        #expect(found.acts.allSatisfy { $0.sentence.utf8.count == Limits.recordActOctets })
        #expect(found.header.subject?.utf8.count == Limits.recordSubjectOctets)
        #expect(found.header.authorName?.utf8.count == Limits.recordTextOctets)
        // Cut between characters, not within one.
        #expect(found.header.subject?.allSatisfy { $0 == "ä" } == true)
    }
}
