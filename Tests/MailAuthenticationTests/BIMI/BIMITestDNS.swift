import DNS
import Identities
import MailAuthentication
import Testing

/// TXT records by name; names that fail; and what was asked.
actor BIMITestDNS: DNSLookup {
    private let texts: [String: [String]]
    private let failing: Set<String>
    private(set) var questions: [String] = []

    init(_ texts: [String: [String]], failing: Set<String> = []) {
        self.texts = texts
        self.failing = failing
    }

    func lookUp(_ name: DomainName, _ type: RecordType) async -> DNSAnswer {
        questions.append(name.text)
        if failing.contains(name.text) { return DNSAnswer(.failure("SERVFAIL")) }
        guard let found = texts[name.text] else { return DNSAnswer(.nameError) }
        return DNSAnswer(
            .records,
            records: found.map {
                // A record longer than one string comes in several.
                var strings: [[UInt8]] = []
                var rest = Array($0.utf8)[...]
                while !rest.isEmpty {
                    strings.append(Array(rest.prefix(255)))
                    rest = rest.dropFirst(255)
                }
                return ResourceRecord(
                    name: DNSName(name), type: .txt, timeToLive: 60, data: .txt(strings))
            })
    }
}

/// What several suites of BIMI need.
enum BIMISample {
    static let logo = """
        <?xml version="1.0" encoding="UTF-8"?>
        <svg xmlns="http://www.w3.org/2000/svg" version="1.2" baseProfile="tiny-ps" \
        viewBox="0 0 64 64">
          <title>Example</title>
          <rect width="64" height="64" fill="#ffffff"/>
          <circle cx="32" cy="32" r="20" fill="#0a5"/>
        </svg>

        """

    /// The same file compressed.
    static let compressedLogo = """
        H4sIAAAAAAACA02OwWrDMAyG73kKoZ0be+k6RrFTGKznHtoHSF01Ebh2sE2dvn2dBkaFQBL69OtXu+lm4U4hsncaP2uJ
        QM74C7te4+m4X/3grq1UvPdQSBc1DimNWyFyznVe1z70opFSikLgu1CDcO4iHYK/siWNid1jNcbCMOVfP2mUIOH7qyS2
        FYBKnCy1f1N3Gy0psYzzIpBJkPmSBo0FhoG4H9LSF22r8eP6ChQv3nAwlsCUF+viwjyWGjQ28v9CdpsZV7PvtnoCBtgh
        bAcBAAA=
        """

    /// 300 KiB of the letter a.
    static let bomb = """
        H4sIAAAAAAACA+3BAQ0AAADCoKzvX8IcbkABAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
        AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
        AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
        AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
        AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAADAnwG2EmogALAEAA==
        """

    static func domain(_ text: String) throws -> DomainName { try #require(DomainName(text)) }
}
