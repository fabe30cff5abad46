import Crypto
import DNS
import Identities
import MailAuthentication
import Testing

/// Keys, domains and messages for DKIM2 tests, and a maker of fields that no honest signer makes.
struct DKIM2Workshop: Sendable {
    static let now: Int64 = 1_790_000_000

    let keys: [String: SigningKey]
    let lookup: DKIM2Table

    init(_ domains: [String] = ["a.example", "b.example", "c.example"]) throws {
        var keys: [String: SigningKey] = [:]
        var texts: [String: [String]] = [:]
        for domain in domains {
            let key = try SigningKey.generate(.ed25519)
            keys[domain] = key
            texts["sel._domainkey.\(domain)"] = [key.keyRecord]
        }
        self.keys = keys
        lookup = DKIM2Table(texts)
    }

    static let text =
        "Received: from x.a.example by y.a.example; Sun, 22 Nov 2026 10:00:00 +0000\r\n"
        + "From: Ann <ann@a.example>\r\nTo: list@b.example\r\nSubject: A  folded\r\n\tsubject\r\n"
        + "X-Mailer: none\r\n\r\nFirst line\r\nSecond line\r\nThird line\r\n\r\n"

    static func message(_ text: String = text) -> RawMessage { RawMessage(Array(text.utf8)) }

    func signer(_ domain: String) throws -> DKIM2Signer {
        try DKIM2Signer(
            domain: try #require(DomainName(domain)),
            keys: [.init(selector: "sel", key: try #require(keys[domain]))])
    }

    /// The text with the fields of a hop in front.
    func signed(
        _ text: String = text, by domain: String, from mailFrom: String, to recipients: [String],
        former: String? = nil, options: DKIM2Signer.Options = .init(), now: Int64 = now
    ) throws -> String {
        let fields = try signer(domain).sign(
            Self.message(text),
            for: .envelope(DKIM2Envelope(mailFrom: mailFrom, recipients: recipients)),
            former: former.map { Self.message($0) }, options: options, now: now)
        return String(decoding: fields.octets, as: UTF8.self) + text
    }

    func verify(
        _ text: String, from mailFrom: String? = nil, to recipients: [String] = [],
        policy: DKIM2Policy = DKIM2Policy(), now: Int64 = now
    ) async -> DKIM2Verification {
        await DKIM2Verifier(lookup: lookup, policy: policy).verify(
            Self.message(text),
            envelope: mailFrom.map { DKIM2Envelope(mailFrom: $0, recipients: recipients) },
            now: now)
    }

    // MARK: Forging

    /// A Message-Instance field with true hashes of the text's message, and any recipe.
    static func instance(_ number: Int, of text: String, recipe: String? = nil) -> String {
        let tag = recipe.map { " r=\(base64($0));" } ?? ""
        return "Message-Instance: m=\(number); h=\(hashes(of: text));\(tag)\r\n"
    }

    static func hashes(of text: String) -> String {
        let cut = text.firstRange(of: "\r\n\r\n")
        let header = cut.map { text[..<$0.lowerBound] } ?? text[...]
        var body = cut.map { String(text[$0.upperBound...]) } ?? ""
        while body.hasSuffix("\r\n") { body.removeLast() }
        var fields: [(String, String)] = []
        for line in header.split(separator: "\r\n") {
            if line.first == " " || line.first == "\t" {
                fields[fields.count - 1].1 += line
            } else {
                let parts = line.split(separator: ":", maxSplits: 1)
                fields.append((parts[0].lowercased(), parts.count > 1 ? String(parts[1]) : ""))
            }
        }
        let ignored = [
            "received", "return-path", "delivered-to", "authentication-results", "dkim-signature",
            "message-instance", "dkim2-signature",
        ]
        let relevant = fields.reversed().filter {
            !ignored.contains($0.0) && !$0.0.hasPrefix("x-") && !$0.0.hasPrefix("arc-")
        }
        var canonical = ""
        for name in Set(relevant.map(\.0)).sorted() {
            for field in relevant where field.0 == name {
                let words = field.1.split { $0 == " " || $0 == "\t" }
                canonical += "\(name):\(words.joined(separator: " "))\r\n"
            }
        }
        return "sha256:\(base64(Array(SHA256.hash(data: Array(canonical.utf8))))):"
            + base64(Array(SHA256.hash(data: Array((body + "\r\n").utf8))))
    }

    /// A DKIM2-Signature field with any tags, truly signed over the DKIM2 fields given, oldest
    /// first.
    func signature(
        _ tags: String, over instances: [String], _ signatures: [String] = [], by domain: String
    ) throws -> String {
        func bare(_ field: String) -> String {
            let parts = field.filter { !$0.isWhitespace }.split(separator: ":", maxSplits: 1)
            return parts[0].lowercased() + ":" + parts[1] + "\r\n"
        }
        let field = "DKIM2-Signature: \(tags); d=\(domain); s=sel:ed25519-sha256:"
        let input = (instances + signatures + [field + ";"]).map(bare).joined()
        let value = try #require(keys[domain]).sign(Array(input.utf8), .sha256)
        return field + Self.base64(value) + ";\r\n"
    }

    static func route(_ mailFrom: String, _ recipients: String...) -> String {
        "mf=\(base64("<\(mailFrom)>")); rt=\(recipients.map { base64("<\($0)>") }.joined(separator: ","))"
    }

    static func base64(_ text: String) -> String { base64(Array(text.utf8)) }

    static func base64(_ octets: [UInt8]) -> String {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        var text = ""
        for start in stride(from: 0, to: octets.count, by: 3) {
            let part = octets[start..<min(start + 3, octets.count)]
            let bits = part.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - part.count))
            for place in 0..<4 {
                text.append(place <= part.count ? letters[bits >> (18 - 6 * place) & 63] : "=")
            }
        }
        return text
    }
}

/// Key records in memory; a name in `failing` gives a temporary failure.
struct DKIM2Table: DNSLookup {
    var texts: [String: [String]]
    var failing: Set<String> = []

    init(_ texts: [String: [String]]) { self.texts = texts }

    func lookUp(_ name: DomainName, _ type: RecordType) async -> DNSAnswer {
        if failing.contains(name.text) { return DNSAnswer(.failure("The server did not answer.")) }
        guard let found = texts[name.text] else { return DNSAnswer(.nameError) }
        return DNSAnswer(
            .records,
            records: found.map {
                ResourceRecord(
                    name: DNSName(name), type: .txt, timeToLive: 60, data: .txt([Array($0.utf8)]))
            })
    }
}
