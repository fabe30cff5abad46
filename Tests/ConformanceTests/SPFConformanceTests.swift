import DNS
import Identities
import MailAuthentication
import TestSupport
import Testing
import Yams

/// The suites of the SPF project, which pyspf keeps, case by case.
@Suite struct SPFConformanceTests {
    @Test func `every case of the RFC 7208 suite is met`() async throws {
        let tally = try await Self.run("rfc7208-tests.yml")
        tally.finish()
        #expect(tally.cases == 203)
    }

    @Test func `every case of the older RFC 4408 suite is met too`() async throws {
        let tally = try await Self.run("rfc4408-tests.yml")
        tally.finish()
        #expect(tally.cases == 191)
    }

    @Test func `pyspf's own suite is met but for its modes that RFC 7208 does not know`()
        async throws
    {
        let tally = try await Self.run("test.yml")
        tally.finish(meant: Self.modes)
        #expect(tally.cases == 16)
    }

    /// Reasons stand in docs/conformance.md too.
    private static let modes: [String: String] = [
        "default-modifier": "lax mode: default= has no effect (RFC 7208 §6)",
        "default-modifier-harsh": "harsh mode: ambiguous is no result (RFC 7208 §2.6)",
    ]

    // MARK: Reading

    private static func run(_ file: String) async throws -> SPFSuiteTally {
        let path = try SharedData.path("conformance/spf-pyspf/" + file)
        let text = String(decoding: try SharedData.bytes(path), as: UTF8.self)
        var tally = SPFSuiteTally("spf-pyspf/\(file)")
        for part in try Yams.compose_all(yaml: text) {
            let zone = SPFSuiteZone(entries(part["zonedata"]))
            let evaluator = SPFEvaluator(lookup: zone)
            for (key, test) in try #require(part["tests"]?.mapping, "no tests in \(file)") {
                let name = try #require(key.string)
                let host = try #require(test["host"]?.string.flatMap { IPAddress($0) })
                let found = await evaluator.evaluate(
                    SPFRequest(
                        client: host, helo: test["helo"]?.string ?? "",
                        mailFrom: test["mailfrom"]?.string ?? "",
                        receiver: test["receiver"]?.string ?? "unknown", now: 1_400_000_000))
                let allowed = words(test["result"])
                var isMet = allowed.contains(found.result.rawValue)
                if isMet, found.result == .fail, let said = test["explanation"]?.string {
                    isMet = found.explanation ?? "DEFAULT" == said
                }
                tally.take(
                    name, isMet: isMet,
                    "expected \(allowed) \(test["explanation"]?.string ?? ""), found "
                        + "\(found.result) \(found.explanation ?? ""): \(found.reason)")
                proveSane(found, name)
            }
        }
        return tally
    }

    /// What holds for every check, whatever a suite says.
    static func proveSane(_ found: SPFEvaluation, _ name: String) {
        #expect(!found.reason.isEmpty, "\(name)")
        #expect(found.lookups <= Limits.spfTerms + 1, "\(name)")
        #expect(found.voidLookups <= Limits.spfVoidTerms + 1, "\(name)")
        #expect(found.explanation == nil || found.result == .fail, "\(name)")
        if let trace = found.trace { #expect(trace.result == found.result, "\(name)") }
    }

    private static func words(_ node: Node?) -> [String] {
        if let sequence = node?.sequence { return sequence.compactMap(\.string) }
        return node?.string.map { [$0] } ?? []
    }

    /// The zone data of a suite without cases, and the record of an example.
    static func entries(
        _ text: String, adding record: String
    ) throws -> [String: SPFSuiteZone.Entry] {
        var entries = entries(try Yams.compose(yaml: text)?["zonedata"])
        entries["email.example.com", default: .init()].records.append((.txt, .text(record)))
        return entries
    }

    /// The zone data of one part of a suite.
    private static func entries(_ node: Node?) -> [String: SPFSuiteZone.Entry] {
        var entries: [String: SPFSuiteZone.Entry] = [:]
        for (key, facts) in node?.mapping ?? [:] {
            var entry = SPFSuiteZone.Entry()
            for fact in facts.sequence ?? [] {
                if fact.string == "TIMEOUT" { entry.isSilent = true }
                for (type, value) in fact.mapping ?? [:] {
                    take(type.string ?? "", value, into: &entry)
                }
            }
            entries[key.string ?? ""] = entry
        }
        return entries
    }

    private static func take(_ type: String, _ value: Node, into entry: inout SPFSuiteZone.Entry) {
        let parts = words(value)
        let text = parts.first ?? ""
        if text == "TIMEOUT" {
            if let type = RecordType(type) { entry.failing.insert(type) }
            return
        }
        switch type {
        case "TXT", "SPF":
            let strings = parts.isEmpty ? [] : parts.flatMap { SPFSuiteZone.strings($0) }
            if type == "SPF" {
                entry.spfTexts.append(strings)
            } else if text == "NONE" {
                entry.hasNoText = true
            } else {
                entry.records.append((.txt, .txt(strings)))
            }
        case "A": IPAddress(text).map { entry.records.append((.a, .a($0))) }
        case "AAAA": IPAddress(text).map { entry.records.append((.aaaa, .aaaa($0))) }
        case "MX":
            let host = parts.count > 1 ? parts[1] : ""
            entry.records.append(
                (.mx, .mx(preference: UInt16(text) ?? 0, exchange: SPFSuiteZone.name(host))))
        case "PTR": entry.records.append((.ptr, .ptr(SPFSuiteZone.name(text))))
        case "CNAME": entry.alias = text
        default: Issue.record("The suite has a record of type \(type)")
        }
    }
}
