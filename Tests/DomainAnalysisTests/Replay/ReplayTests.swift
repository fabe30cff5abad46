import DNS
import DomainAnalysis
import Identities
import MailAuthentication
import Testing

@Suite struct ReplayTests {
    private static let zone = """
        _dmarc.example.com. TXT "v=DMARC1; p=none"
        www.example.com. A 192.0.2.1
        mail.example.com. A 192.0.2.2
        """

    private func name(_ text: String) throws -> DomainName { try #require(DomainName(text)) }

    private func row(
        _ from: String, _ messages: Int64 = 10, dkim: [String] = [], spf: String? = nil,
        _ sourceClass: SourceClass = .unknown, sender: String = "unknown"
    ) throws -> ReplayRow {
        ReplayRow(
            headerFrom: try name(from), messages: messages,
            dkimPasses: try dkim.map { try name($0) },
            spfPass: try spf.map { try name($0) }, senderKey: sender, senderName: sender,
            sourceClass: sourceClass, observedDisposition: "none")
    }

    private func replay(
        _ rows: [ReplayRow], _ proposal: String = "v=DMARC1; p=reject",
        dns: CountingDNS? = nil, nameLimit: Int = Replay.Limits.names
    ) async throws -> ReplayResult {
        let lookup = try dns ?? CountingDNS(Self.zone)
        return try await Replay(
            domain: try name("example.com"), proposal: proposal, lookup: lookup,
            nameLimit: nameLimit
        ).run(rows)
    }

    @Test func `what is published now has no say`() async throws {
        let result = try await replay([try row("example.com")])
        #expect(result.rows.first?.treewalk.disposition == .reject)
        #expect(result.rows.first?.psl.disposition == .reject)
        let published = try await replay([try row("example.com")], "v=DMARC1; p=quarantine")
        #expect(published.rows.first?.treewalk.disposition == .quarantine)
    }

    @Test func `a proposal that is no record is refused with the place`() async throws {
        await #expect(throws: ReplayError.notDMARC(excerpt: "p=reject")) {
            _ = try await replay([], "p=reject")
        }
        await #expect(
            throws: ReplayError.invalidRecord(reason: "The tag p is there twice.", offset: 18)
        ) {
            _ = try await replay([], "v=DMARC1; p=none; p=reject")
        }
        let long = String(repeating: "v=spf1 ", count: 100)
        await #expect(
            throws: ReplayError.notDMARC(
                excerpt: String(long.prefix(Replay.Limits.excerptCharacters)))
        ) {
            _ = try await replay([], long)
        }
        let deep = Array(repeating: "abcdefg", count: 31).joined(separator: ".") + ".xy"
        let tooLong = try #require(DomainName(deep))
        await #expect(throws: ReplayError.domainTooLong(tooLong)) {
            _ = try await Replay(
                domain: tooLong, proposal: "v=DMARC1; p=none", lookup: CountingDNS(Self.zone)
            ).run([])
        }
    }

    @Test func `a proposal that nobody applies covers nothing`() async throws {
        let result = try await replay([try row("example.com")], "v=DMARC1; sp=reject")
        #expect(result.rows.first?.treewalk.disposition == .notCovered)
        #expect(result.methods.psl.totals.notCovered == 10)
        #expect(!result.warnings.isEmpty)
    }

    @Test func `rows of other domains are not covered and cost nothing`() async throws {
        let dns = try CountingDNS(Self.zone)
        let rows = [try row("example.net"), try row("com"), try row("notexample.com")]
        let result = try await replay(rows, dns: dns)
        #expect(result.methods.treewalk.totals.notCovered == 30)
        #expect(await dns.total == 0)
    }

    @Test func `no rows give an empty result`() async throws {
        let result = try await replay([])
        #expect(result.rows.isEmpty)
        #expect(result.methods.treewalk == ReplaySummary())
    }

    @Test func `each question is asked once, however many rows need it`() async throws {
        let dns = try CountingDNS(Self.zone)
        var rows: [ReplayRow] = []
        for index in 0..<500 {
            rows.append(
                try row(
                    index.isMultiple(of: 2) ? "www.example.com" : "mail.example.com",
                    dkim: ["mail.example.com"], spf: "www.example.com"))
        }
        let result = try await replay(rows, "v=DMARC1; p=reject; np=none", dns: dns)
        #expect(result.methods.treewalk.totals.pass == 5_000)
        #expect(await dns.largestCount == 1)
    }

    @Test func `only so many look-ups are under way at the same time`() async throws {
        let dns = try CountingDNS(Self.zone, pause: true)
        let rows = try (0..<300).map { try row("h\($0).example.com") }
        _ = try await replay(rows, dns: dns)
        #expect(await dns.largestConcurrency <= Replay.Limits.concurrentLookups)
        #expect(await dns.largestConcurrency > 1)
    }

    @Test func `beyond the number of names the smallest rows are undetermined`() async throws {
        let rows = [
            try row("a.example.com", 1), try row("b.example.com", 5), try row("c.example.com", 3),
        ]
        let result = try await replay(rows, nameLimit: 2)
        #expect(
            result.rows.map(\.treewalk.disposition) == [.undetermined, .reject, .reject])
        #expect(result.methods.psl.totals.undetermined == 1)
        #expect(result.rows[0].psl.reason?.contains("more than 2 names") == true)
    }

    @Test func `names whose look-up failed are named, and their rows are not guessed`() async throws
    {
        let dns = try CountingDNS(
            Self.zone, failing: ["_dmarc.www.example.com", "_dmarc.mail.example.com"])
        let rows = [
            try row("www.example.com"),
            // Passes by its own name: the failing domain is not needed.
            try row("example.com", dkim: ["mail.example.com", "example.com"]),
            try row("example.com", dkim: ["mail.example.com"]),
        ]
        let result = try await replay(rows, dns: dns)
        #expect(
            result.rows.map(\.treewalk.disposition) == [.undetermined, .none, .undetermined])
        #expect(result.rows.map(\.treewalk.pass) == [nil, true, nil])
        // The list needs no look-up for alignment.
        #expect(result.rows.map(\.psl.disposition) == [.undetermined, .none, .none])
        #expect(
            result.unresolved.map(\.name) == ["_dmarc.mail.example.com", "_dmarc.www.example.com"])
        // What is not known does not count as a difference between the methods.
        #expect(result.divergences.isEmpty)
    }

    @Test func `several records at a subdomain set the methods apart`() async throws {
        let dns = try CountingDNS(
            Self.zone + """

                _dmarc.www.example.com. TXT "v=DMARC1; p=none"
                _dmarc.www.example.com. TXT "v=DMARC1; p=reject"
                """)
        let result = try await replay([try row("www.example.com")], dns: dns)
        #expect(result.rows.first?.treewalk.disposition == .reject)
        #expect(result.rows.first?.psl.disposition == .notCovered)
        #expect(result.divergences.first?.reason.contains("several DMARC records") == true)
    }

    @Test func `a neighbour below a private suffix is aligned only by the tree walk`() async throws
    {
        // The suffix's operator publishes a record and forgot psd=y.
        let dns = try CountingDNS("_dmarc.github.io. TXT \"v=DMARC1; p=none\"")
        let rows = [
            ReplayRow(
                headerFrom: try name("anna.github.io"), messages: 4,
                dkimPasses: [try name("ben.github.io")], spfPass: nil, senderKey: "x",
                senderName: "x", sourceClass: .spoofing, observedDisposition: "none")
        ]
        let result = try await Replay(
            domain: try name("anna.github.io"), proposal: "v=DMARC1; p=reject", lookup: dns
        ).run(rows)
        #expect(result.rows.first?.treewalk.pass == true)
        #expect(result.rows.first?.psl.disposition == .reject)
        let reason = try #require(result.divergences.first?.reason)
        #expect(reason.contains("github.io by the tree walk"))
        #expect(reason.hasSuffix("So an identifier is aligned only by the tree walk."))
    }

    @Test func `foreign counts never trap`() async throws {
        let rows = [
            try row("example.com", .max), try row("example.com", .max), try row("example.com", -5),
            try row("www.example.com", .min),
        ]
        let result = try await replay(rows)
        #expect(result.methods.treewalk.totals.messages == .max)
        #expect(result.methods.treewalk.totals.reject == .max)
        #expect(result.rows[2].messages == 0)
    }

    @Test func `mail at risk is told apart from forged mail`() async throws {
        var rows: [ReplayRow] = []
        for (index, sourceClass) in SourceClass.allCases.enumerated() {
            rows.append(
                try row("example.com", 1 << Int64(index), sourceClass, sender: "\(sourceClass)"))
        }
        rows.append(try row("example.com", 100, dkim: ["example.com"], .compliant, sender: "own"))
        let risk = try await replay(rows).methods.psl.atRisk
        #expect(risk.compliant == 1)
        #expect(risk.misconfigured == 2)
        #expect(risk.forwarded == 4)
        #expect(risk.forged == 8 + 16)
        #expect(risk.unknown == 32)
        #expect(risk.legitimate == 1 + 2 + 4 + 32)
    }

    @Test func `a cancelled replay says so`() async throws {
        let rows = [try row("example.com")]
        let task = Task { () -> ReplayError? in
            while !Task.isCancelled { await Task.yield() }
            do {
                _ = try await replay(rows)
                return nil
            } catch {
                return error as? ReplayError
            }
        }
        task.cancel()
        #expect(await task.value == .cancelled)
    }
}

/// A DNS made of a zone file that counts its questions and how many are under way at once.
actor CountingDNS: DNSLookup {
    private let zones: ZoneLookup
    private let failing: Set<String>
    private let pause: Bool
    private var counts: [String: Int] = [:]
    private var underWay = 0
    private(set) var largestConcurrency = 0

    var total: Int { counts.values.reduce(0, +) }
    var largestCount: Int { counts.values.max() ?? 0 }

    init(_ zone: String, failing: Set<String> = [], pause: Bool = false) throws {
        zones = ZoneLookup(records: try ZoneFile.parse("$TTL 300\n" + zone))
        self.failing = failing
        self.pause = pause
    }

    func lookUp(_ name: DomainName, _ type: RecordType) async -> DNSAnswer {
        counts["\(name) \(type)", default: 0] += 1
        underWay += 1
        largestConcurrency = max(largestConcurrency, underWay)
        if pause { try? await Task.sleep(for: .milliseconds(1)) }
        underWay -= 1
        if failing.contains(name.text) { return DNSAnswer(.failure("SERVFAIL")) }
        return await zones.lookUp(name, type)
    }
}
