import DNS
import Identities
import MailAuthentication
import TestSupport
import Testing
import Yams

/// The files of arc-valimail, read in place.
struct ARCSuite {
    struct Case {
        let scenario: String
        let name: String
        /// As the file has it, with bare line feeds.
        let message: String
        /// The other values of the case by name.
        let values: [String: String]
        /// The other values of its scenario.
        let settings: [String: String]
        let keys: ARCKeyTable
    }

    let cases: [Case]

    init(_ file: String) throws {
        let path = try SharedData.path("conformance/arc-valimail/tests/" + file)
        let text = Self.namingEachOnce(
            String(decoding: try SharedData.bytes(path), as: UTF8.self))
        var cases: [Case] = []
        var documents = try Yams.compose_all(yaml: text)
        defer { #expect(documents.error == nil, "\(path) was not read to its end") }
        while let document = documents.next() {
            guard let scenario = document.mapping, let tests = scenario["tests"]?.mapping else {
                continue
            }
            let keys = ARCKeyTable(Self.strings(try #require(scenario["txt-records"]?.mapping)))
            for (name, test) in tests {
                let values = Self.strings(try #require(test.mapping))
                cases.append(
                    Case(
                        scenario: scenario["description"]?.string ?? "",
                        name: try #require(name.string),
                        message: try #require(values["message"]), values: values,
                        settings: Self.strings(scenario), keys: keys))
            }
        }
        self.cases = cases
    }

    /// The suite uses some names twice, which YAML forbids: a second use gets an apostrophe.
    private static func namingEachOnce(_ text: String) -> String {
        var seen: Set<Substring> = []
        return text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            if line.hasPrefix("---") { seen = [] }
            guard line.hasPrefix("  "), line.dropFirst(2).first?.isLetter == true,
                let colon = line.firstIndex(of: ":"), !line[..<colon].dropFirst(2).contains(" ")
            else { return String(line) }
            let isFirst = seen.insert(line[..<colon]).inserted
            return isFirst ? String(line) : line[..<colon] + "'" + line[colon...]
        }.joined(separator: "\n")
    }

    private static func strings(_ mapping: Node.Mapping) -> [String: String] {
        var strings: [String: String] = [:]
        for (key, value) in mapping {
            if let key = key.string, let text = value.string { strings[key] = text }
        }
        return strings
    }
}

/// A DNS of TXT records only.
struct ARCKeyTable: DNSLookup {
    private let texts: [DomainName: String]

    init(_ texts: [String: String]) {
        var table: [DomainName: String] = [:]
        for (name, text) in texts {
            if let name = DomainName(name) { table[name] = text }
        }
        self.texts = table
    }

    func lookUp(_ name: DomainName, _ type: RecordType) async -> DNSAnswer {
        guard type == .txt, let text = texts[name] else { return DNSAnswer(.nameError) }
        let strings = stride(from: 0, to: text.utf8.count, by: 255).map {
            Array(text.utf8.dropFirst($0).prefix(255))
        }
        let record = ResourceRecord(
            name: DNSName(name), type: .txt, timeToLive: 60, data: .txt(strings))
        return DNSAnswer(.records, records: [record])
    }
}
