import MailReports
import Testing

/// Every limit of a report is hit, and hostile documents are refused or read in bounded memory.
@Suite struct AggregateLimitsTests {
    private func limits(_ change: (inout ReportLimits) -> Void) -> ReportLimits {
        var limits = ReportLimits()
        change(&limits)
        return limits
    }

    @Test func `a document beyond its bytes is refused`() {
        let refused = aggregateRefusal(
            AggregateSample.report, limits: limits { $0.documentBytes = 1_000 })
        #expect(refused?.code == .tooLarge)
    }

    @Test func `elements beyond the depth are refused`() {
        let deep = "<feedback>" + String(repeating: "<a>", count: 10_000)
        #expect(aggregateRefusal(deep)?.code == .tooDeep)
        #expect(
            aggregateRefusal(AggregateSample.report, limits: limits { $0.depth = 4 })?.code
                == .tooDeep)
    }

    @Test func `elements beyond their number are refused`() {
        #expect(
            aggregateRefusal(AggregateSample.report, limits: limits { $0.elements = 50 })?.code
                == .tooManyElements)
    }

    @Test func `long names are refused`() {
        let name = String(repeating: "n", count: 300)
        for document in [
            "<feedback><\(name)>", "<feedback></\(name)>", "<feedback \(name)='1'>",
        ] {
            #expect(aggregateRefusal(document)?.code == .malformed)
        }
    }

    @Test func `a million attributes are refused`() {
        let many = "<feedback " + String(repeating: "a='' ", count: 1_000_000)
        #expect(aggregateRefusal(many)?.code == .tooManyElements)
        #expect(
            aggregateRefusal("<feedback a='\(String(repeating: "x", count: 70_000))'>")?.code
                == .malformed)
    }

    @Test func `a long namespace is cut`() throws {
        let long = AggregateSample.with("dmarc-xml/0.1", String(repeating: "x", count: 3_000))
        #expect(try parseAggregate(long).repairs == ["unknownNamespace/note"])
        let short = try parseAggregate(
            AggregateSample.report, limits: limits { $0.attributeBytes = 10 })
        #expect(short.repairs == ["unknownNamespace/note"])
    }

    @Test func `prefixes beyond their number are not remembered`() throws {
        let prefixed = AggregateSample.with("<record>", "<x:odd xmlns:x='urn:x'/><record>")
        #expect(try parseAggregate(prefixed).repairs.isEmpty)
        let forgotten = try parseAggregate(prefixed, limits: limits { $0.prefixes = 0 })
        #expect(forgotten.repairs == ["undeclaredPrefix/repair", "unknownElement/note"])
    }

    @Test func `text before the document is bounded`() {
        let few = limits { $0.leadingBytes = 5 }
        #expect(
            aggregateRefusal("to you: " + AggregateSample.report, limits: few)?.code == .notAReport)
        #expect(aggregateRefusal("to: " + AggregateSample.report, limits: few) == nil)
    }

    @Test func `records beyond their number are refused`() {
        #expect(
            aggregateRefusal(AggregateSample.report, limits: limits { $0.records = 2 })?.code
                == .tooLarge)
    }

    @Test func `results and reasons beyond their number are left out`() throws {
        let spf = "<spf><domain>a.example</domain><scope>mfrom</scope><result>none</result></spf>"
        let many = AggregateSample.with(
            "</auth_results>", String(repeating: spf, count: 5) + "</auth_results>")
        let parsed = try parseAggregate(many, limits: limits { $0.resultsPerRecord = 3 })
        #expect(parsed.records[0].spf.count == 3)
        #expect(parsed.repairs.contains("excessDropped/repair"))
        let reasons = AggregateSample.with(
            "<spf>fail</spf>",
            "<spf>fail</spf>" + String(repeating: "<reason><type>other</type></reason>", count: 3))
        let reasoned = try parseAggregate(reasons, limits: limits { $0.reasonsPerRecord = 2 })
        #expect(reasoned.records[0].reasons.count == 2)
        let errors = AggregateSample.with(
            "<report_id>", "<error>a</error><error>b</error><report_id>")
        let erred = try parseAggregate(errors, limits: limits { $0.reasonsPerRecord = 1 })
        #expect(erred.report.errors == ["a"])
    }

    @Test func `repairs beyond their number are not kept`() throws {
        let two = AggregateSample.with("<version>1.0</version>", "").replacing(
            "<scope>mfrom</scope>", with: "")
        #expect(try parseAggregate(two).repairs.count == 2)
        #expect(try parseAggregate(two, limits: limits { $0.repairs = 1 }).repairs.count == 1)
    }

    @Test func `counts, times and periods beyond belief follow their limits`() throws {
        let few = try parseAggregate(
            AggregateSample.report, limits: limits { $0.messagesPerRecord = 5 })
        #expect(few.records.count == 2)
        let late = limits { $0.earliestBegin = 1_700_006_401 }
        #expect(aggregateRefusal(AggregateSample.report, limits: late)?.code == .implausible)
        let early = limits { $0.latestEnd = 1_700_092_798 }
        #expect(aggregateRefusal(AggregateSample.report, limits: early)?.code == .implausible)
        let short = limits { $0.periodSeconds = 3_600 }
        #expect(aggregateRefusal(AggregateSample.report, limits: short)?.code == .implausible)
        let strict = limits { $0.secondsAhead = 0 }
        #expect(
            aggregateRefusal(AggregateSample.report, limits: strict, now: 1_700_000_000)?.code
                == .implausible)
    }

    @Test func `a gigabyte of text in one element is read in little memory and then refused`()
        throws
    {
        var parser = AggregateReportParser(path: "x.xml")
        let head = Array(AggregateSample.head.replacing("Reporter Inc</org_name>", with: "R").utf8)
        let cut = try #require(
            head.indices.first { head[$0...].starts(with: Array("<org_name>R".utf8)) })
        try head[..<(cut + 11)].withUnsafeBytes { try parser.feed($0) { _ in } }
        let text = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)
        var refused: ReportRefusal?
        var fed = 0
        while refused == nil, fed < 1_100 {
            do {
                try text.withUnsafeBytes { try parser.feed($0) { _ in } }
            } catch let error as ReportRefusal {
                refused = error
            }
            fed += 1
        }
        #expect(refused?.code == .tooLarge)
        #expect(fed == 1_024)
    }
}
