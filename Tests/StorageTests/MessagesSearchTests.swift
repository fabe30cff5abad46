import Identities
import Storage
import TestSupport
import Testing

struct MessagesSearchTests {
    typealias Samples = MessagesSamples

    private func found(
        _ store: MessageStore, _ terms: [[SearchTerm]], state: MessageState? = nil,
        from: Int64? = nil, until: Int64? = nil
    ) async throws -> [Int64] {
        let search = MessageSearch(terms: terms, state: state, from: from, until: until)
        return try await store.search(search, limit: 50).messages.map { $0.id & 0xFFFFF }
    }

    @Test(arguments: TestEngine.allCases)
    func `messages are found by everything they are known by`(_ engine: TestEngine) async throws {
        try await Samples.store(engine) { store, _ in
            let (noon, day) = (Samples.noon, Samples.day)
            try await Samples.write(
                store,
                [
                    try Samples.entry(1, at: noon - 40 * day, subject: "Rechnung für Jürgen"),
                    try Samples.entry(2, at: noon - day, from: "otto@mail.example.net"),
                    try Samples.entry(3, at: noon, to: ["ben@example.com", "eva@example.com"]),
                    try Samples.entry(4, at: noon + 1, state: .refused, client: "2001:db8::1"),
                ])
            let example = try #require(DomainName("example.org"))
            #expect(
                try await found(store, [[.sender(address: "ANNA@example.org")]]) == [4, 3, 1])
            #expect(try await found(store, [[.sender(domain: example)]]) == [4, 3, 1])
            #expect(try await found(store, [[.recipient(address: "eva@example.com")]]) == [3])
            #expect(try await found(store, [[.word("jürgen")], [.word("rechnung")]]) == [1])
            #expect(try await found(store, [[.word("jürgen")], [.word("invoice")]]) == [])
            let client = try #require(IPAddress("2001:db8::1"))
            #expect(try await found(store, [[.client(client)]]) == [4])
            #expect(try await found(store, [[.messageID("2@example.org")]]) == [2])
            #expect(try await found(store, [[.state(.refused)]]) == [4])
            // Either of two.
            #expect(
                try await found(
                    store, [[.word("jürgen"), .recipient(address: "eva@example.com")]]) == [3, 1])
            #expect(
                try await found(store, [[.word("invoice")]], from: noon - day, until: noon)
                    == [2])
            #expect(try await found(store, [[.word("invoice")]], state: .waiting) == [3, 2])
            #expect(try await found(store, [], from: noon) == [4, 3])
            #expect(try await found(store, [], state: .refused) == [4])
            #expect(try await found(store, [], until: noon - 2 * day) == [1])
            #expect(try await found(store, [[.word("nobody")]]) == [])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `pages follow each other without a gap and without repeating`(
        _ engine: TestEngine
    ) async throws {
        try await Samples.store(engine) { store, _ in
            // Three days, some messages of the same millisecond.
            let entries = try (1...230).map { number in
                try Samples.entry(
                    Int64(number), at: Samples.noon + Int64(number / 100) * Samples.day,
                    from: number.isMultiple(of: 3) ? "otto@example.net" : "anna@example.org")
            }
            try await Samples.write(store, entries)
            for search in [
                MessageSearch(), MessageSearch(state: .waiting),
                MessageSearch(terms: [[.word("invoice")], [.word("4711")]]),
                MessageSearch(terms: [[.sender(address: "otto@example.net")]]),
            ] {
                var ids: [Int64] = []
                var place: MessagePage.Place?
                var pages = 0
                repeat {
                    let page = try await store.search(search, limit: 20, from: place)
                    #expect(!page.isCutShort)
                    ids += page.messages.map(\.id)
                    // An address carries the place as text.
                    place = page.next.flatMap { MessagePage.Place($0.description) }
                    pages += 1
                } while place != nil && pages < 20
                let isOtto = search.terms.count == 1
                let expected = entries.map(\.id).filter {
                    !isOtto || ($0 & 0xFFFFF).isMultiple(of: 3)
                }
                #expect(ids == expected.reversed())
            }
        }
    }

    @Test func `a search gives up after so much work and says where to go on`() async throws {
        try await Samples.store(.sqlite) { store, _ in
            var batch = MessageBatch()
            // Two messages with more days between them than one page looks through.
            let long = Int64(MessageStore.Limits.steps) * Samples.day
            let old = try Samples.entry(1, at: Samples.noon - long, subject: "old")
            batch.add(old)
            batch.add(try Samples.entry(2))
            // More messages than one page looks at.
            for number in 3...(MessageStore.Limits.candidates + 10) {
                batch.add(
                    MessageEntry(
                        id: Samples.id(Int64(number)), receivedAt: Samples.noon, state: .waiting,
                        reason: "", record: [], recipients: [], terms: [.word("many")]))
            }
            try await store.write(batch)

            let search = MessageSearch(terms: [[.word("old")]])
            let first = try await store.search(search, limit: 20)
            #expect(first.isCutShort)
            #expect(first.messages.isEmpty)
            var page = first
            var pages = 1
            while let next = page.next, pages < 5 {
                page = try await store.search(search, limit: 20, from: next)
                pages += 1
            }
            #expect(page.messages.map(\.id) == [old.id])
            #expect(!page.isCutShort)

            for search in [
                MessageSearch(state: .held), MessageSearch(terms: [[.word("many")]], state: .held),
            ] {
                let page = try await store.search(search, limit: 20)
                #expect(page.isCutShort)
                #expect(page.messages.isEmpty)
                let rest = try await store.search(search, limit: 20, from: page.next)
                #expect(rest.messages.isEmpty)
            }
        }
    }

    @Test func `places that nobody gave are no places`() async throws {
        for text in ["", ".", "1", "1.2.3", "a.b", "1.", "99999999999999999999.1"] {
            #expect(MessagePage.Place(text) == nil)
        }
        try await Samples.store(.sqlite) { store, _ in
            try await Samples.write(store, [try Samples.entry(1)])
            for place in [
                MessagePage.Place(day: .max, id: .max), MessagePage.Place(day: .min, id: .min),
            ] {
                _ = try await store.search(MessageSearch(), limit: .max, from: place)
                _ = try await store.search(
                    MessageSearch(terms: [[.word("invoice")]], from: .min, until: .max),
                    limit: 0, from: place)
            }
        }
    }

    @Test func `words are letters and digits, each once, so many and so long`() {
        #expect(
            SearchTerm.words(of: "Re: Re: INVOICE-4711 (ünal) of a") == ["invoice", "4711", "ünal"])
        let many = (1...100).map { "word\($0)" }.joined(separator: " ")
        #expect(SearchTerm.words(of: many).count == MessageStore.Limits.words)
        let long = String(repeating: "x", count: 5_000)
        #expect(SearchTerm.words(of: long).map(\.utf8.count) == [MessageStore.Limits.wordOctets])
        #expect(SearchTerm.words(of: "<>'\"\u{0}").isEmpty)
        let late = String(repeating: "- ", count: MessageStore.Limits.wordsOctets) + "late"
        #expect(SearchTerm.words(of: late).isEmpty)
    }

    @Test(arguments: TestEngine.allCases)
    func `a message with more terms than are kept is found by the first`(
        _ engine: TestEngine
    ) async throws {
        try await Samples.store(engine) { store, _ in
            var entry = try Samples.entry(1)
            entry.terms = (1...200).map { .word("word\($0)") }
            try await Samples.write(store, [entry])
            #expect(try await found(store, [[.word("word1")]]) == [1])
            #expect(try await found(store, [[.word("word\(MessageStore.Limits.terms)")]]) == [1])
            #expect(try await found(store, [[.word("word\(MessageStore.Limits.terms + 1)")]]) == [])
        }
    }
}
