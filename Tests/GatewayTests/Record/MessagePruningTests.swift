import Gateway
import Logging
import SMTP
import SQLDatabase
import Spool
import Storage
import Synchronization
import TestSupport
import Testing

@Suite struct `Records of old messages` {
    private let day: Int64 = 86_400_000

    @Test(arguments: TestEngine.allCases)
    func `are forgotten daily, and held mail is not`(_ engine: TestEngine) async throws {
        try await TestDatabase.each(engine) { database in
            try await Schema.prepare(database)
            let store = MessageStore(database: database)
            let now = RecordSamples.noon
            let old = try RecordSamples.refused(1, at: now - 91 * day)
            let young = try RecordSamples.refused(2, at: now - 89 * day)
            var held = try RecordSamples.accepted(3, at: now - 400 * day)
            held.decision = Decision(.hold, .policyQuarantine, "Its domain asks for it.")
            var batch = MessageBatch()
            for record in [old, young, held] { batch.add(record.entry()) }
            try await store.write(batch)

            let waits = Mutex<[Duration]>([])
            let pruning = MessagePruning(
                store: store, days: 90, now: { now }, logger: Logger(label: "test")
            ) { wait in
                let count = waits.withLock { waits in
                    waits.append(wait)
                    return waits.count
                }
                if count > 2 { throw CancellationError() }
            }
            await pruning.run()
            #expect(waits.withLock { $0 } == [.seconds(120), .seconds(86_400), .seconds(86_400)])
            #expect(try await store.message(old.id.storedValue) == nil)
            #expect(try await store.message(young.id.storedValue) != nil)
            #expect(try await store.message(held.id.storedValue) != nil)
        }
    }

    @Test func `wait for a database that does not answer, and are tried again`() async throws {
        try await TestDatabase.each(.sqlite) { database in
            // Without its tables it answers with errors.
            let waits = Mutex<[Duration]>([])
            let pruning = MessagePruning(
                store: MessageStore(database: database), days: 90, now: { 0 },
                logger: Logger(label: "test")
            ) { wait in
                let count = waits.withLock { waits in
                    waits.append(wait)
                    return waits.count
                }
                if count > 1 { throw CancellationError() }
            }
            await pruning.run()
            #expect(waits.withLock { $0.last } == .seconds(3_600))
        }
    }
}
