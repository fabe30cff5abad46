import Identities
import MailAuthentication
import Testing

@Suite struct SelectorRotationTests {
    private static let day: Int64 = 86_400
    private static let start: Int64 = 20_000 * day

    private static func rotation() throws -> SelectorRotation {
        var rotation = SelectorRotation(domain: try #require(DomainName("example.com")))
        rotation.interval = 100 * day
        rotation.lead = 2 * day
        rotation.grace = 10 * day
        rotation.mourning = 20 * day
        return rotation
    }

    @Test func `a domain without keys is told to make one of each kind`() throws {
        var rotation = try Self.rotation()
        rotation.types = [.rsa, .ed25519]
        let plan = rotation.plan(for: [], now: Self.start)
        #expect(plan.due == [.rsa, .ed25519] && plan.signing.isEmpty && plan.records.isEmpty)
    }

    @Test func `the first key signs at once`() throws {
        let rotation = try Self.rotation()
        let first = try rotation.next(.rsa, bits: 1_024, after: [], now: Self.start)
        #expect(first.name == "sg20000r")
        let plan = rotation.plan(for: [first], now: Self.start)
        #expect(plan.signing.map(\.name) == [first.name] && plan.due.isEmpty)
        #expect(plan.records.map(\.name.text) == ["sg20000r._domainkey.example.com"])
        #expect(plan.records[0].text == first.key.keyRecord && plan.records[0].until == nil)
    }

    @Test func `a key lives through publishing, signing, grace and mourning`() throws {
        let rotation = try Self.rotation()
        let old = SelectorRotation.Selector(
            name: "a", key: try .generate(.ed25519), publishedAt: Self.start)
        var only = rotation
        only.types = [.ed25519]
        // The successor is due early enough to be known when it takes over.
        let due = Self.start + 98 * Self.day
        #expect(only.plan(for: [old], now: due - 1).due.isEmpty)
        #expect(only.plan(for: [old], now: due - 1).nextChange == due)
        #expect(only.plan(for: [old], now: due).due == [.ed25519])
        let new = SelectorRotation.Selector(
            name: "b", key: try .generate(.ed25519), publishedAt: due)
        let both = [new, old]
        let published = only.plan(for: both, now: due)
        #expect(published.signing.map(\.name) == ["a"] && published.due.isEmpty)
        #expect(published.records.map(\.text) == [old.key.keyRecord, new.key.keyRecord])
        let taken = due + 2 * Self.day
        #expect(published.nextChange == taken)
        let after = only.plan(for: both, now: taken)
        #expect(after.signing.map(\.name) == ["b"])
        #expect(after.records[0].until == taken + 10 * Self.day)
        let revoked = only.plan(for: both, now: taken + 10 * Self.day)
        #expect(revoked.records[0].text == "v=DKIM1; k=ed25519; p=")
        guard case .record(let record) = DKIMKeyRecord.parse(revoked.records[0].text) else {
            Issue.record("\(revoked.records[0])")
            return
        }
        #expect(record.isRevoked)
        let gone = only.plan(for: both, now: taken + 30 * Self.day)
        #expect(gone.expired == ["a"] && gone.records.map(\.text) == [new.key.keyRecord])
        #expect(gone.nextChange == due + 98 * Self.day)
    }

    @Test func `two kinds of key rotate on their own`() throws {
        var rotation = try Self.rotation()
        rotation.types = [.rsa, .ed25519]
        let rsa = try rotation.next(.rsa, bits: 1_024, after: [], now: Self.start)
        let ed25519 = try rotation.next(.ed25519, after: [rsa], now: Self.start)
        let again = try rotation.next(.ed25519, after: [rsa, ed25519], now: Self.start)
        #expect(again.name == "sg20000e2")
        let plan = rotation.plan(for: [rsa, ed25519], now: Self.start)
        #expect(plan.signing.count == 2 && plan.records.count == 2 && plan.due.isEmpty)
    }

    @Test func `the ends of time do not trap`() throws {
        var rotation = try Self.rotation()
        rotation.interval = .max
        rotation.lead = .max
        rotation.grace = .max
        let key = try rotation.next(.ed25519, after: [], now: .min)
        rotation.types = [.ed25519]
        for now in [Int64.min, 0, .max] {
            let plan = rotation.plan(for: [key, key], now: now)
            #expect(plan.signing.count == 1)
        }
    }
}
