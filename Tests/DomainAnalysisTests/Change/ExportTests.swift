import DNS
import DomainAnalysis
import Foundation
import Identities
import Testing

/// Every form in which a change leaves, with texts that were made to break it.
@Suite struct ExportTests {
    /// Quotation marks, line ends, templates of Terraform, escapes, formulas, tags, controls.
    static let hostile = [
        "a\"b", "line\nTXT evil\r\nx", "${file(\"/etc/passwd\")}", "$${x} %{ if true }y%{ endif }",
        "back\\slash\\", "\\\" ; comment", "=cmd|' /C calc'!A0", "<script>alert(1)</script>",
        "\u{0}\u{1B}[31m\u{202E}", "%value1% %", String(repeating: "long ", count: 120), "ümläut",
        "{{x}} */ -- #", "\u{2028}\u{FEFF}",
    ]

    static func change(_ texts: [String]) throws -> ZoneChange {
        let domain = try #require(DomainName("example.com"))
        let name = try #require(
            DNSName(labels: [
                Array("_d\"m\n${a}.\\rc".utf8), Array("example".utf8), Array("com".utf8),
            ]))
        let apex = DNSName(domain)
        return try ZoneChange(
            domain: domain,
            sets: [
                RecordSetChange(
                    name: name, type: .txt, before: RecordSet(timeToLive: 60, data: [.text("old")]),
                    after: RecordSet(timeToLive: 300, data: texts.map { .text($0) })),
                RecordSetChange(
                    name: apex, type: .mx,
                    before: RecordSet(timeToLive: 60, data: [.mx(preference: 5, exchange: apex)]),
                    after: RecordSet(timeToLive: 60, data: [.mx(preference: 0, exchange: .root)])),
                RecordSetChange(
                    name: apex, type: .a,
                    before: RecordSet(timeToLive: 60, data: [.a(IPAddress(ipv4: 1))]), after: nil),
            ], reason: hostile.joined(separator: " "), askedBy: hostile.joined(),
            consequences: [hostile.joined()])
    }

    @Test func `zone lines read back are the records as they shall be`() throws {
        let change = try Self.change(Self.hostile)
        let text = try ChangeExport.zone.render(change)
        let records = try ZoneFile.parse(text)
        for set in change.sets {
            let found = records.filter { $0.name == set.name && $0.type == set.type }
            #expect(Set(found.map(\.data)) == Set(set.after?.data ?? []))
            #expect(found.allSatisfy { $0.timeToLive == set.after?.timeToLive })
        }
        #expect(records.count == Self.hostile.count + 1)
        // What goes stands there as a comment.
        let comments = text.split(separator: "\n").filter { $0.hasPrefix("; was: ") }
        #expect(comments.count == 3)
    }

    @Test func `JSON read back is the change`() throws {
        let change = try Self.change(Self.hostile)
        let text = try ChangeExport.json.render(change)
        let again = try JSONDecoder().decode(ZoneChange.self, from: Data(text.utf8))
        #expect(again == change)
        #expect(again.sets[0].after?.data == change.sets[0].after?.data)
        #expect(text.contains("\"after\" : null"))
        for (good, bad) in [
            ("\"type\" : \"TXT\"", "\"type\" : \"SOA\""), ("\"TXT\"", "\"?\""),
            ("\"0 .\"", "\"0 .\\n. 0 IN MX 1 .\""), ("\"example.com\"", "\"example.net\""),
            ("\"name\" : \"example.com.\"", "\"name\" : \"a..b\""),
        ] {
            #expect(text.contains(good), "\(good)")
            let broken = text.replacingOccurrences(of: good, with: bad)
            #expect(throws: (any Error).self, "\(bad)") {
                try JSONDecoder().decode(ZoneChange.self, from: Data(broken.utf8))
            }
        }
    }

    /// A literal of Terraform's language, read as that language reads it; nil when a template
    /// begins in it.
    private static func unquoted(_ literal: Substring) -> (value: [UInt8], rest: Substring)? {
        var rest = literal.unicodeScalars.dropFirst()
        var value = ""
        while let scalar = rest.popFirst() {
            switch scalar {
            case "\"": return (Array(value.utf8), Substring(rest))
            case "$", "%":
                guard rest.first != "{" else { return nil }
                value.unicodeScalars.append(scalar)
            case "\\":
                switch rest.popFirst() {
                case "n": value += "\n"
                case "r": value += "\r"
                case "t": value += "\t"
                case "\"": value += "\""
                case "\\": value += "\\"
                case "u":
                    let digits = String(String.UnicodeScalarView(rest.prefix(4)))
                    rest = rest.dropFirst(4)
                    guard let number = UInt32(digits, radix: 16),
                        let made = Unicode.Scalar(number)
                    else { return nil }
                    value.unicodeScalars.append(made)
                default: return nil
                }
            case "\n", "\r": return nil
            default: value.unicodeScalars.append(scalar)
            }
        }
        return nil
    }

    private static func list(after mark: String, in text: String) throws -> [String] {
        let start = try #require(text.firstRange(of: mark))
        var rest = text[start.upperBound...]
        var values: [String] = []
        while rest.first == "\"" {
            let (value, behind) = try #require(unquoted(rest))
            values.append(String(decoding: value, as: UTF8.self))
            rest = behind
            guard rest.hasPrefix(", ") else { break }
            rest = rest.dropFirst(2)
        }
        #expect(rest.hasPrefix("]"))
        return values
    }

    @Test func `Terraform's literals hold the texts, and open no template`() throws {
        let change = try Self.change(Self.hostile)
        let text = try ChangeExport.terraform.render(change)
        #expect(
            text.contains("resource \"dns_txt_record_set\" \"r1_txt__d_m___a___rc_example_com\""))
        #expect(text.contains("preference = 0") && text.contains("exchange = \".\""))
        #expect(text.contains("delete the resource of A example.com."))
        let values = try Self.list(after: "txt = [", in: text)
        // The provider reads each as the inside of a zone file's quotation marks.
        let read = try values.map { try RecordData(type: .txt, presentation: "\"\($0)\"") }
            .map { data -> [UInt8] in
                guard case .txt(let strings) = data else { return [] }
                return Array(strings.joined())
            }
        let short = Self.hostile.filter { $0.utf8.count <= 255 }
        #expect(Set(read).isSuperset(of: short.map { Array($0.utf8) }))

        let route = try ChangeExport.terraformRoute53.render(change)
        let cells = try Self.list(after: "records = [", in: route)
        #expect(cells.contains("a\\\"b") && cells.contains("back\\\\slash\\\\"))
        #expect(cells.contains { $0.contains("line\\012TXT evil\\015\\012x") })
        #expect(cells.contains { $0.contains("\"\"") && $0.utf8.count > 255 })

        let cloud = try ChangeExport.terraformCloudflare.render(change)
        #expect(
            cloud.components(separatedBy: "resource \"cloudflare_dns_record\"").count
                == Self.hostile.count + 2)
        #expect(cloud.contains("priority = 0") && cloud.contains("content = \".\""))
        for made in [text, route, cloud] {
            // Nothing foreign begins a line, and no line has a control character.
            for line in made.split(separator: "\n") {
                let isOurs = ["#", "resource \"", "variable \"", "  ", "}"].contains {
                    line.hasPrefix($0)
                }
                #expect(isOurs, "\(line)")
                #expect(!line.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x202E })
            }
            for literal in made.split(separator: "\n") where !literal.hasPrefix("#") {
                #expect(!literal.contains("${") && !literal.contains("%{"), "\(literal)")
            }
        }
    }

    @Test func `text for people has no control character and tells what goes and what comes`()
        throws
    {
        let text = try ChangeExport.text.render(try Self.change(Self.hostile))
        #expect(text.contains("  - \"old\"\n"))
        #expect(text.contains("  + 0 .\n"))
        #expect(text.contains("A example.com. (nothing is left)"))
        #expect(text.contains("What follows from it:"))
        #expect(
            !text.unicodeScalars.contains {
                ($0.value < 0x20 && $0 != "\n") || [0x202E, 0x2028, 0xFEFF].contains($0.value)
            })
        // Each text stays on its line.
        #expect(text.contains("+ \"line\\010TXT evil\\013\\010x\""))
    }

    @Test func `the link of Domain Connect carries every value, coded`() throws {
        let change = try Self.change(Self.hostile)
        let service = DomainConnect.Service(
            provider: "us.example/..", service: "mail & more", address: "https://dns.example/sync/")
        let made = DomainConnect(change, service: service)
        #expect(
            made.link.hasPrefix(
                "https://dns.example/sync/v2/domainTemplates/providers/us.example%2F../services/"
                    + "mail%20%26%20more/apply?domain=example.com&value1="))
        let pairs = try #require(made.link.split(separator: "?").last).split(separator: "&")
        let values = pairs.dropFirst().map { pair in
            String(pair.split(separator: "=", maxSplits: 1).last ?? "").removingPercentEncoding
        }
        #expect(Set(values.compactMap(\.self)) == Set(Self.hostile + ["."]))
        #expect(made.template.records.count == Self.hostile.count + 1)
        #expect(made.template.records.last?.host == "@")
        #expect(made.template.warnPhishing)
        #expect(made.leftOut.count == 1)
        #expect(made.leftOut[0].hasPrefix("Take out by hand: A example.com."))
        let dmarc = try ZoneChange(
            domain: change.domain,
            sets: [
                RecordSetChange(
                    name: try #require(DNSName("_dmarc.example.com")), type: .txt, before: nil,
                    after: RecordSet(timeToLive: 60, data: [.text("v=DMARC1; p=reject")]))
            ], reason: "", askedBy: "")
        let record = try #require(DomainConnect(dmarc, service: service).template.records.first)
        #expect(record.host == "_dmarc" && record.data == "%value1%")
        #expect(record.txtConflictMatchingPrefix == "v=DMARC1")
    }
}
