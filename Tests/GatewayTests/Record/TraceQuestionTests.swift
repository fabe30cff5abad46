import Gateway
import Identities
import Spool
import Storage
import Testing

struct TraceQuestionTests {
    @Test func `each word is taken for what it looks like`() throws {
        let domain = try #require(DomainName("example.org"))
        let client = try #require(IPAddress("2001:db8::1"))
        let question = TraceQuestion(
            anything: "anna@example.org 2001:db8::1 @example.org example.org Invoice of")
        let either: [SearchTerm] = [.sender(domain: domain), .recipient(domain: domain)]
        let expected: [[SearchTerm]] = [
            [
                .sender(address: "anna@example.org"), .recipient(address: "anna@example.org"),
                .messageID("anna@example.org"),
            ],
            [.client(client)], either, either, [.word("invoice")],
        ]
        #expect(question.search.terms == expected)
        #expect(question.problems.isEmpty)
        #expect(question.id == nil)
        let id = QueueIdentifier(rawValue: 1 << 60 | 17)
        #expect(TraceQuestion(anything: id.description.lowercased()).id == id)
    }

    @Test func `fields take addresses and domains, and say what they do not take`() throws {
        let domain = try #require(DomainName("example.org"))
        let question = TraceQuestion(
            sender: "<Anna@example.org>", recipient: "@example.org", subject: "Minutes, signed",
            client: "192.0.2.1", outcome: .held, from: 5, until: 9)
        let server = try #require(IPAddress("192.0.2.1"))
        let expected: [[SearchTerm]] = [
            [.sender(address: "anna@example.org")], [.recipient(domain: domain)],
            [.word("minutes")], [.word("signed")], [.client(server)], [.state(.held)],
        ]
        #expect(question.search.terms == expected)
        #expect(question.search.state == .held)
        #expect(question.search.from == 5)
        #expect(question.search.until == 9)
        let bad = TraceQuestion(sender: "anna", recipient: "a b@c d", client: "localhost")
        #expect(bad.search.terms.isEmpty)
        #expect(bad.problems.count == 3)
    }

    @Test func `only rare fates are looked for in the index, and so many words`() {
        for outcome in TraceQuestion.Outcome.allCases {
            let search = TraceQuestion(outcome: outcome).search
            #expect(search.state == outcome.state)
            let isRare = [.held, .failed, .refused, .deferred].contains(outcome.state)
            #expect(search.terms.count == (isRare ? 1 : 0))
        }
        let many = (1...100).map { "word\($0)" }.joined(separator: " ")
        #expect(TraceQuestion(anything: many).search.terms.count == Limits.questionWords)
        #expect(TraceQuestion(subject: many).search.terms.count == Limits.questionWords)
    }
}
