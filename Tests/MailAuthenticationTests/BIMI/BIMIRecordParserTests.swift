import Identities
import MailAuthentication
import Testing

@Suite struct BIMIRecordParserTests {
    private func record(_ text: String) throws -> BIMIRecord {
        guard case .record(let record) = BIMIRecordParser.parse(text) else {
            Issue.record("\(text) gave \(BIMIRecordParser.parse(text))")
            return BIMIRecord()
        }
        return record
    }

    @Test func `a record with all tags is read`() throws {
        let record = try record(
            "v=BIMI1; l=https://Example.com/logo.svg; a=https://example.com:8443/vmc.pem;"
                + " avp=personal; lps=brand-, news ;")
        #expect(record.location?.text == "https://Example.com/logo.svg")
        #expect(record.location?.host.text == "example.com")
        #expect(record.evidence?.text == "https://example.com:8443/vmc.pem")
        #expect(record.avatarPreference == .personal)
        #expect(record.localPartPrefixes == ["brand-", "news"])
        #expect(record.warnings.isEmpty)
        #expect(!record.isDeclination)
    }

    @Test(arguments: [
        "v=BIMI1; l=https://example.com/a.svg", "v=BIMI1;l=https://example.com/a.svg;",
        " v = BIMI1 ; l = https://example.com/a.svg ; ",
        "v=BIMI1; a=; l=https://example.com/a.svg;",
    ])
    func `blanks, order and a last semicolon do not matter`(text: String) throws {
        #expect(try record(text).location?.text == "https://example.com/a.svg")
        #expect(try record(text).evidence == nil)
    }

    @Test(arguments: ["v=BIMI1; l=; a=;", "v=BIMI1;l=;", "v=BIMI1; a=; l="])
    func `empty addresses are a declination`(text: String) throws {
        #expect(try record(text).isDeclination)
    }

    @Test func `a declination can leave local parts their own record`() throws {
        let record = try record("v=BIMI1; l=; a=; lps=brand-indicators-;")
        #expect(record.isDeclination)
        #expect(record.localPartPrefixes == ["brand-indicators-"])
        #expect(try self.record("v=BIMI1; l=; lps=;").localPartPrefixes == [])
    }

    @Test(arguments: [
        "", "v=spf1 -all", "v=BIMI2; l=;", "v=bimi1; l=;", "V=BIMI1; l=;", "l=; v=BIMI1",
        "BIMI1", "v=BIMI1x; l=;",
    ])
    func `other text is passed over`(text: String) {
        #expect(BIMIRecordParser.parse(text) == .otherText)
    }

    @Test(arguments: [
        ("v=BIMI1", "l="), ("v=BIMI1; a=https://example.com/a.pem", "l="),
        ("v=BIMI1; l=http://example.com/a.svg", "https://"),
        ("v=BIMI1; l=https://example.com/a.svg,https://example.com/b.svg", "comma"),
        ("v=BIMI1; l=https://user@example.com/a.svg", "user"),
        ("v=BIMI1; l=https://localhost/a.svg", "domain name"),
        ("v=BIMI1; l=https://192.0.2.1/a.svg", "domain name"),
        ("v=BIMI1; l=https://[2001:db8::1]/a.svg", "domain name"),
        ("v=BIMI1; l=https://example.com:x/a.svg", "port"),
        ("v=BIMI1; l=https://example.com/a b.svg", "characters"),
        ("v=BIMI1; l=https://example.com/ä.svg", "characters"),
        ("v=BIMI1; l=https://example.com/a.PNG?x=.svg", ".png"),
        ("v=BIMI1; l=https://example.com/a.svg; a=ftp://example.com/x", "a= "),
        ("v=BIMI1; l=; l=;", "twice"), ("v=BIMI1; l", "equals"), ("v=BIMI1;; l=;", "no tag"),
        ("v=BIMI1; l=; lps=a_b", "lps="), ("v=BIMI1; l=; lps=a,,b", "lps="),
    ])
    func `a mistake makes the record invalid and is named`(text: String, word: String) {
        guard case .invalid(let reason) = BIMIRecordParser.parse(text) else {
            Issue.record("\(text) gave \(BIMIRecordParser.parse(text))")
            return
        }
        #expect(reason.contains(word), "\(reason)")
    }

    @Test func `unknown tags and preferences are told and have no effect`() throws {
        let record = try record("v=BIMI1; l=https://example.com/a.svg; avp=cat; zz=1")
        #expect(record.avatarPreference == .brand)
        #expect(record.warnings.count == 2)
    }

    @Test func `a record that is written reads back`() throws {
        let text = "v=BIMI1; l=https://example.com/a.svg; a=; lps=a,b; avp=personal;"
        #expect(try record(text).render() == text)
        #expect(try record("v=BIMI1; l=").render() == "v=BIMI1; l=; a=;")
    }

    @Test func `records, addresses and prefixes are bounded`() throws {
        let address = "https://example.com/"
        let room = Limits.bimiLocationOctets - address.utf8.count
        let longest = address + String(repeating: "a", count: room)
        #expect(try record("v=BIMI1; l=\(longest)").location?.text == longest)
        #expect(BIMIRecordParser.parse("v=BIMI1; l=\(longest)a").isInvalid)

        let filler = "v=BIMI1; l=; x="
        let rest = String(
            repeating: "a", count: Limits.bimiRecordOctets - filler.utf8.count)
        #expect(!BIMIRecordParser.parse(filler + rest).isInvalid)
        #expect(BIMIRecordParser.parse(filler + rest + "a").isInvalid)

        let prefixes = Array(repeating: "a", count: Limits.bimiPrefixes).joined(separator: ",")
        #expect(!BIMIRecordParser.parse("v=BIMI1; l=; lps=\(prefixes)").isInvalid)
        #expect(BIMIRecordParser.parse("v=BIMI1; l=; lps=\(prefixes),a").isInvalid)
    }

    // MARK: Selectors

    @Test(arguments: [
        ("v=BIMI1; s=brand", "brand"), (" v=BIMI1;\r\n s=Brand.News;", "brand.news"),
        ("v=BIMI1; x=1; s=a-b", "a-b"),
    ])
    func `a selector field is read`(value: String, expected: String) {
        #expect(BIMISelector(parsing: Array(value.utf8)[...])?.name == expected)
    }

    @Test(arguments: [
        "", "v=BIMI1", "s=brand; v=BIMI1", "v=BIMI2; s=brand", "v=BIMI1; s=", "v=BIMI1; s=a b",
        "v=BIMI1; s=a..b", "v=BIMI1; s=a_b", "v=BIMI1; s=bücher", "v=BIMI1; s=a.",
    ])
    func `a selector field with a mistake is ignored`(value: String) {
        #expect(BIMISelector(parsing: Array(value.utf8)[...]) == nil)
    }

    @Test func `a selector field is bounded, and one of several counts for nothing`() {
        let field = "v=BIMI1; s=brand; x="
        let rest = String(
            repeating: "a", count: Limits.bimiSelectorFieldOctets - field.utf8.count)
        #expect(BIMISelector(parsing: Array((field + rest).utf8)[...])?.name == "brand")
        #expect(BIMISelector(parsing: Array((field + rest + "a").utf8)[...]) == nil)

        let one = RawMessage(Array("BIMI-Selector: v=BIMI1; s=a\r\n\r\n".utf8))
        #expect(BIMISelector(one)?.name == "a")
        let two = "BIMI-Selector: v=BIMI1; s=a\r\nbimi-selector: v=BIMI1; s=b\r\n\r\n"
        #expect(BIMISelector(RawMessage(Array(two.utf8))) == nil)
    }

    @Test func `a selector field counts only where an aligned signature covers it`() throws {
        let message = RawMessage(
            Array(
                ("DKIM-Signature: v=1; a=rsa-sha256; d=mail.example.com; s=k1;\r\n"
                    + " h=From : BIMI-\r\n Selector:Subject; bh=aa; b=ABCDEFGHIJKL\r\n"
                    + "BIMI-Selector: v=BIMI1; s=a\r\nFrom: a@example.com\r\n\r\n").utf8))
        let organization = try BIMISample.domain("example.com")
        func verified(
            _ result: DKIMResult, _ domain: String, _ prefix: String = "ABCDEFGH"
        ) throws -> [DKIMVerification] {
            [
                DKIMVerification(
                    result, domain: try BIMISample.domain(domain), selector: "k1",
                    signaturePrefix: prefix, reason: "")
            ]
        }
        func isSigned(_ verifications: [DKIMVerification]) -> Bool {
            BIMISelector.isSigned(
                in: message, by: verifications, organizationalDomain: organization)
        }
        #expect(isSigned(try verified(.pass, "mail.example.com")))
        #expect(!isSigned(try verified(.fail, "mail.example.com")))
        #expect(!isSigned(try verified(.pass, "other.example")))
        #expect(!isSigned(try verified(.pass, "mail.example.com", "XXXXXXXX")))
        #expect(!isSigned([]))

        let passed = try verified(.pass, "mail.example.com")
        for (verifications, selector) in [(passed, "a"), ([], nil)] {
            let request = BIMIRequest(
                message, organizationalDomain: organization, dmarcResult: .pass, dmarcRecord: nil,
                dkim: verifications)
            #expect(request.author.domain == organization)
            #expect(request.selector?.name == selector)
        }
    }
}

extension BIMIRecordParser.Outcome {
    fileprivate var isInvalid: Bool {
        if case .invalid = self { return true }
        return false
    }
}
