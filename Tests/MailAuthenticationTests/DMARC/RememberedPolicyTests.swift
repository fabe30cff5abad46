import DNS
import Identities
import MailAuthentication
import Synchronization
import Testing

/// A policy that was found counts as long as every record on the way to it is the same.
@Suite struct RememberedPolicyTests {
    private let dns = ChangingRecords()
    private let evaluator: DMARCEvaluator

    init() {
        evaluator = DMARCEvaluator(lookup: dns, suffixes: .system)
    }

    private func evaluate(_ author: String = "a.example.com") async -> DMARCEvaluation {
        await evaluator.evaluate(
            RawMessage(Array("From: x@\(author)\r\n\r\n".utf8)), spf: nil, dkim: [])
    }

    @Test func `a record above the author that changes is seen`() async {
        for policy in ["reject", "quarantine", "none", "reject"] {
            dns.set("_dmarc.example.com", .records(["v=DMARC1; p=\(policy)"]))
            for _ in 0..<2 {
                let found = await evaluate()
                #expect(found.policy?.requested.rawValue == policy)
                #expect(found.discovery?.legacy?.record?.policy?.rawValue == policy)
                #expect(found.recordDomain?.text == "example.com")
            }
        }
    }

    @Test func `a record of the author's own that comes and goes is seen`() async {
        dns.set("_dmarc.example.com", .records(["v=DMARC1; p=reject"]))
        #expect(await evaluate().recordDomain?.text == "example.com")
        dns.set("_dmarc.a.example.com", .records(["v=DMARC1; p=none"]))
        #expect(await evaluate().recordDomain?.text == "a.example.com")
        dns.set("_dmarc.a.example.com", .nothing)
        #expect(await evaluate().recordDomain?.text == "example.com")
        dns.set("_dmarc.example.com", .nothing)
        #expect(await evaluate().result == .none)
    }

    @Test func `a failure of the DNS on the way is seen, and that it is over`() async {
        dns.set("_dmarc.example.com", .records(["v=DMARC1; p=reject"]))
        for _ in 0..<2 {
            #expect(await evaluate().result == .fail)
            dns.set("_dmarc.example.com", .failure)
            #expect(await evaluate().result == .temperror)
            dns.set("_dmarc.example.com", .records(["v=DMARC1; p=reject"]))
        }
        #expect(await evaluate().result == .fail)
    }

    @Test func `whether the author exists is asked each time`() async {
        dns.set("_dmarc.example.com", .records(["v=DMARC1; p=none; np=reject"]))
        for _ in 0..<2 {
            #expect(await evaluate().policy?.requested == .reject)
            dns.set("a.example.com", .records(["an address"]))
            #expect(await evaluate().policy?.requested == DMARCPolicy.none)
            dns.set("a.example.com", .nothing)
        }
    }

    @Test func `what is remembered is told like what is found`() async {
        dns.set("_dmarc.example.com", .records(["v=DMARC1; p=reject"]))
        let found = await evaluate()
        let asked = dns.questions
        let remembered = await evaluate()
        #expect(remembered.discovery?.policy == found.discovery?.policy)
        #expect(remembered.discovery?.legacy == found.discovery?.legacy)
        #expect(remembered.reason == found.reason)
        // The DNS is asked all the same: how long an answer holds is the resolver's business.
        #expect(dns.questions == 2 * asked)
        // A name above it has a way of its own.
        #expect(await evaluate("example.com").discovery?.policy.steps.count == 2)
    }
}

/// TXT records, and names that exist, which change between two questions.
private final class ChangingRecords: DNSLookup {
    enum Answer {
        case records([String])
        case failure
        case nothing
    }

    private let table = Mutex<(answers: [String: Answer], questions: Int)>(([:], 0))

    var questions: Int { table.withLock { $0.questions } }

    func set(_ name: String, _ answer: Answer) {
        table.withLock { $0.answers[name] = answer }
    }

    func lookUp(_ name: DomainName, _ type: RecordType) async -> DNSAnswer {
        let answer = table.withLock { table in
            table.questions += 1
            return table.answers[name.text] ?? .nothing
        }
        switch answer {
        case .nothing: return DNSAnswer(.nameError)
        case .failure: return DNSAnswer(.failure("nobody answered"))
        case .records(let texts):
            return DNSAnswer(
                .records,
                records: texts.map {
                    ResourceRecord(
                        name: DNSName(name), type: .txt, timeToLive: 300, data: .text($0))
                })
        }
    }
}
