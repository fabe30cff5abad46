import DomainAnalysis
import MailReports

/// What the synthesised `Decodable` of a value reads back, written straight as text: an encoder
/// that goes through boxed values costs a large import a twentieth of its time.
struct JSONText {
    private var octets: [UInt8] = []
    /// Whether the object or list that is open has a member already.
    private var hasMember = false

    init() { octets.reserveCapacity(512) }

    var text: String { String(decoding: octets, as: UTF8.self) }

    mutating func object(_ name: StaticString? = nil, _ members: (inout JSONText) -> Void) {
        begin(name)
        enclose(UInt8(ascii: "{"), UInt8(ascii: "}"), members)
    }

    mutating func list<Element>(
        _ name: StaticString? = nil, _ elements: [Element],
        _ write: (inout JSONText, Element) -> Void
    ) {
        begin(name)
        enclose(UInt8(ascii: "["), UInt8(ascii: "]")) { text in
            for element in elements { write(&text, element) }
        }
    }

    /// Leaves the member out when there is no value.
    mutating func member(_ name: StaticString?, _ value: String?) {
        guard let value else { return }
        begin(name)
        quote(value)
    }

    mutating func member(_ name: StaticString, _ value: some BinaryInteger) {
        begin(name)
        octets.append(contentsOf: String(value).utf8)
    }

    mutating func member(_ name: StaticString, _ value: Bool?) {
        guard let value else { return }
        begin(name)
        octets.append(contentsOf: (value ? "true" : "false").utf8)
    }

    private mutating func begin(_ name: StaticString?) {
        if hasMember { octets.append(UInt8(ascii: ",")) }
        hasMember = true
        guard let name else { return }
        octets.append(UInt8(ascii: "\""))
        name.withUTF8Buffer { octets.append(contentsOf: $0) }
        octets.append(UInt8(ascii: "\""))
        octets.append(UInt8(ascii: ":"))
    }

    private mutating func enclose(
        _ opening: UInt8, _ closing: UInt8, _ inside: (inout JSONText) -> Void
    ) {
        octets.append(opening)
        hasMember = false
        inside(&self)
        octets.append(closing)
        hasMember = true
    }

    /// RFC 8259 §7.
    private mutating func quote(_ value: String) {
        octets.append(UInt8(ascii: "\""))
        var value = value
        value.withUTF8 { text in
            if text.allSatisfy({ $0 >= 0x20 && $0 != 0x22 && $0 != 0x5C }) {
                octets.append(contentsOf: text)
                return
            }
            for octet in text {
                switch octet {
                case 0x22, 0x5C:
                    octets.append(0x5C)
                    octets.append(octet)
                case ..<0x20:
                    let digits = Array("0123456789abcdef".utf8)
                    octets.append(contentsOf: "\\u00".utf8)
                    octets.append(digits[Int(octet >> 4)])
                    octets.append(digits[Int(octet & 15)])
                default: octets.append(octet)
                }
            }
        }
        octets.append(UInt8(ascii: "\""))
    }
}

extension AggregateReport {
    /// As `Codable` has it; a test reads it back.
    var storedText: String {
        var text = JSONText()
        text.object { text in
            text.member("specification", specification.rawValue)
            text.member("version", version)
            text.member("reporter", reporter)
            text.member("email", email)
            text.member("extraContact", extraContact)
            text.member("reportID", reportID)
            text.member("begin", begin)
            text.member("end", end)
            text.list("errors", errors) { $0.member(nil, $1) }
            text.member("generator", generator)
            text.object("policy") { policy.write(to: &$0) }
            text.member("recordCount", recordCount)
            text.member("messageCount", messageCount)
            text.list("repairs", repairs) { text, repair in
                text.object { text in
                    text.member("code", repair.code.rawValue)
                    text.member("weight", repair.weight.rawValue)
                    text.member("location", repair.location)
                    text.member("detail", repair.detail)
                    text.member("occurrences", repair.occurrences)
                }
            }
        }
        return text.text
    }
}

extension AggregateReport.PublishedPolicy {
    var storedText: String {
        var text = JSONText()
        text.object { write(to: &$0) }
        return text.text
    }

    fileprivate func write(to text: inout JSONText) {
        text.member("domain", domain)
        text.member("policy", policy)
        text.member("subdomainPolicy", subdomainPolicy)
        text.member("nonexistentSubdomainPolicy", nonexistentSubdomainPolicy)
        text.member("dkimAlignment", dkimAlignment)
        text.member("spfAlignment", spfAlignment)
        if let percentage { text.member("percentage", percentage) }
        text.member("failureOptions", failureOptions)
        text.member("testing", testing)
        text.member("discoveryMethod", discoveryMethod)
    }
}

extension SenderIdentification.Evidence {
    static func storedText(_ evidence: [Self]) -> String {
        var text = JSONText()
        text.list(nil, evidence) { text, each in
            text.object { text in
                text.member("kind", each.kind.rawValue)
                text.member("observation", each.observation)
                text.member("match", each.match)
            }
        }
        return text.text
    }
}

extension AggregateRecord.OverrideReason {
    static func storedText(_ reasons: [Self]) -> String {
        var text = JSONText()
        text.list(nil, reasons) { text, each in
            text.object { text in
                text.member("type", each.type)
                text.member("comment", each.comment)
            }
        }
        return text.text
    }
}
