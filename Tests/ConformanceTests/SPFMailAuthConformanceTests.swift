import DNS
import Identities
import MailAuthentication
import TestSupport
import Testing

/// mail-auth's SPF cases. Its files look like YAML and repeat keys, so that they are read line by
/// line, as its own test does: each `expect` is a case with the values that stand by then. mail-auth
/// checks the HELO name (`domain`) first and goes on with MAIL FROM (`sender`) after a pass.
@Suite struct SPFMailAuthConformanceTests {
    @Test func `mail-auth's cases are met but for those that RFC 7208 decides otherwise`()
        async throws
    {
        var tally = SPFSuiteTally("spf-mail-auth")
        let files = try SharedData.files(below: "conformance/spf-mail-auth")
        for path in files where path.hasSuffix(".yml") {
            let file = path.split(separator: "/").last.map(String.init) ?? path
            let text = String(decoding: try SharedData.bytes(path), as: UTF8.self)
            for part in text.split(separator: "\n---") {
                try await Self.run(part, file, &tally)
            }
        }
        #expect(files.count { $0.hasSuffix(".yml") } == 12)
        #expect(tally.cases == 163)
        tally.finish(meant: Self.meant)
    }

    /// The reasons, with their sections.
    private static let meant: [String: String] = [
        "all.yml All test 10.0.0.1 test.org":
            "`ip:10.0.0.1` is no mechanism, and a fault anywhere is a permerror (RFC 7208 §4.6)",
        "basic.yml DNS Lookup Limits 172.168.0.1 ok.test.org":
            "ten names that do not exist are more than two void look-ups (RFC 7208 §4.6.4)",
        "exists.yml Exists 167.1.2.3 ip6.test.org":
            "exists asks for A only, whatever else the name has (RFC 7208 §5.7)",
        "ip.yml IPv6 match 10.1.2.3 test.org":
            "a mapped address in ip6 matches no IPv4 client (RFC 7208 §5)",
        "macro.yml Macro expansion 2 2001:db8::cb01 mx.example.org":
            "exists asks for A only, and the name has AAAA (RFC 7208 §5.7)",
    ]

    private static func run(
        _ part: Substring, _ file: String, _ tally: inout SPFSuiteTally
    ) async throws {
        var name = ""
        var zone = Zone()
        var (domain, sender, ip) = ("", "", "")
        for line in part.split(separator: "\n") {
            let trimmed = line.drop { $0 == " " || $0 == "-" }
            guard !trimmed.hasPrefix("#"), let colon = trimmed.firstIndex(of: ":") else { continue }
            let key = trimmed[..<colon]
            let value = Self.trimmed(trimmed[trimmed.index(after: colon)...])
            switch key {
            case "name": name = value
            case "domain": domain = value
            case "sender": sender = value
            case "ip": ip = value
            case "records", "tests": continue
            case "expect":
                let client = try #require(IPAddress(ip), "\(file) \(ip)")
                let request = SPFRequest(client: client, helo: domain, mailFrom: sender)
                let evaluator = SPFEvaluator(lookup: SPFSuiteZone(zone.entries))
                var found = await evaluator.evaluateHELO(request)
                if found.result == .pass { found = await evaluator.evaluate(request) }
                SPFConformanceTests.proveSane(found, "\(file) \(name)")
                let words = value.split(separator: " ", maxSplits: 1)
                let isMet =
                    found.result.rawValue == words[0]
                    && (words.count == 1 || found.explanation.map { $0 == words[1] } ?? false)
                tally.take(
                    "\(file) \(name) \(ip) \(domain)", isMet: isMet,
                    "expected \(value), found \(found.result): \(found.reason)")
            default: try zone.take(String(key), value)
            }
        }
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text.drop { $0 == " " }
        while text.last == " " { text.removeLast() }
        return String(text)
    }

    /// Records in mail-auth's short hand: `type: name values`.
    private struct Zone {
        var entries: [String: SPFSuiteZone.Entry] = {
            var entry = SPFSuiteZone.Entry()
            entry.isSilent = true
            return ["_dns_error.org": entry, "_dns_error.test.org": entry]
        }()

        mutating func take(_ type: String, _ line: String) throws {
            let parts = line.split(separator: " ", maxSplits: 1).map(String.init)
            let name = try #require(parts.first)
            let rest = parts.count > 1 ? parts[1] : ""
            let values = rest.split(separator: ",").map { SPFMailAuthConformanceTests.trimmed($0) }
            switch type {
            case "spf", "exp":
                entries[name, default: .init()].records.removeAll { $0.type == .txt }
                entries[name, default: .init()].records.append((.txt, .text(rest)))
            case "a", "aaaa":
                for value in values { try add(value, to: name) }
            case "mx":
                // Each address is that of an exchanger of its own.
                for (index, value) in values.enumerated() {
                    let host = "mx\(index).\(name)"
                    let exchange = SPFSuiteZone.name(host)
                    entries[name, default: .init()].records.append(
                        (.mx, .mx(preference: UInt16(index + 1), exchange: exchange)))
                    try add(value, to: host)
                }
            case "ptr":
                let address = try #require(IPAddress(name))
                for value in values {
                    entries[address.reverseName.text, default: .init()].records.append(
                        (.ptr, .ptr(SPFSuiteZone.name(value))))
                }
            default: Issue.record("The suite has a record of type \(type)")
            }
        }

        private mutating func add(_ text: String, to name: String) throws {
            let address = try #require(IPAddress(text), "\(text)")
            entries[name, default: .init()].records.append(
                address.isIPv4 ? (.a, .a(address)) : (.aaaa, .aaaa(address)))
        }
    }
}
