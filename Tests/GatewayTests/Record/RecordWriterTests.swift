import Gateway
import Identities
import Logging
import MailReports
import SMTP
import SQLDatabase
import Spool
import Storage
import TestSupport
import Testing

struct RecordWriterTests {
    private func total(_ store: MessageStore) async throws -> Int64 {
        let day = UTCDay(secondsSinceEpoch: RecordSamples.noon / 1_000)
        return try await store.counts(day.advanced(by: -1)...day.advanced(by: 1))
            .filter { $0.kind == .refused }.reduce(0) { $0 + $1.messages }
    }

    @Test(arguments: TestEngine.allCases)
    func `records of refused mail are kept`(_ engine: TestEngine) async throws {
        try await TestDatabase.each(engine) { database in
            try await Schema.prepare(database)
            let store = MessageStore(database: database)
            let writer = RecordWriter(store: store, logger: Logger(label: "test"))
            let record = try RecordSamples.refused()
            writer.offer(record)
            var put = try RecordSamples.refused(2)
            put.decision = Decision(.defer, .dnsUnavailable, "DNS did not answer.")
            writer.offer(put)
            #expect(writer.statistics.waiting == 2)
            await writer.writeWaiting()
            #expect(writer.statistics.waiting == 0)
            #expect(writer.statistics.written == 2)
            let found = try #require(try await store.history(of: record.id.storedValue))
            #expect(found.message.state == .refused)
            #expect(found.message.reason == "policy-reject")
            #expect(found.recipients.map(\.state) == [.refused])
            #expect(MessageRecord(encoded: found.message.record) == record)
            #expect(try await store.message(put.id.storedValue)?.state == .deferred)
            // What was refused is no relationship.
            let scope = MessageStore.RelationshipScope.to("ben@example.com")
            #expect(try await store.relationships(scope, asOf: .max).isEmpty)
        }
    }

    @Test func `a flood is counted to the last message, and kept in part`() async throws {
        try await TestDatabase.each(.sqlite) { database in
            try await Schema.prepare(database)
            let store = MessageStore(database: database)
            let writer = RecordWriter(store: store, logger: Logger(label: "test"))
            let count = Limits.waitingRecords + 5_000
            for number in 0..<count {
                var record = try RecordSamples.refused(UInt64(number) + 1)
                // Twice as many networks as are told apart.
                let network = UInt32(number % (Limits.countedRefusals * 2)) << 8
                record.client = IPAddress(ipv4: network | 7)
                writer.offer(record)
            }
            let before = writer.statistics
            #expect(before.offered == count)
            #expect(before.waiting <= Limits.waitingRecords)
            #expect(before.represented > 0)
            #expect(before.waiting + before.represented + before.counted == count)
            await writer.writeWaiting()
            #expect(try await total(store) == Int64(count))
            var standsForMore = false
            var place: MessagePage.Place?
            repeat {
                let page = try await store.search(MessageSearch(), limit: 200, from: place)
                standsForMore = page.messages.contains { $0.standsFor > 1 }
                place = page.next
            } while !standsForMore && place != nil
            #expect(standsForMore)
        }
    }

    @Test func `records wait in bounded memory when the database does not take them`() async throws
    {
        try await TestDatabase.each(.sqlite) { database in
            // Without tables every write fails.
            let store = MessageStore(database: database)
            let writer = RecordWriter(store: store, logger: Logger(label: "test"))
            let long = String(repeating: "x", count: 100_000)
            for number in 0..<2_000 {
                var record = try RecordSamples.refused(UInt64(number) + 1)
                record.client = IPAddress(ipv4: UInt32(number) << 8)
                record.decision.reasons[0].sentence = long
                writer.offer(record)
            }
            let most = Limits.waitingRecordOctets / 100_000 + 1
            #expect(writer.statistics.waiting <= most)
            #expect(writer.statistics.counted >= 2_000 - most)
            await writer.writeWaiting()
            #expect(writer.statistics.waiting > 0)
            #expect(writer.statistics.written == 0)
            try await Schema.prepare(database)
            await writer.writeWaiting()
            #expect(writer.statistics.waiting == 0)
            #expect(try await total(store) == 2_000)
        }
    }

    @Test func `a running writer writes what is left when it stops`() async throws {
        try await TestDatabase.each(.sqlite) { database in
            try await Schema.prepare(database)
            let store = MessageStore(database: database)
            let writer = RecordWriter(
                store: store, logger: Logger(label: "test"), pause: .seconds(3_600))
            let record = try RecordSamples.refused()
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await writer.run() }
                writer.offer(record)
                group.cancelAll()
            }
            #expect(try await store.message(record.id.storedValue) != nil)
        }
    }
}
