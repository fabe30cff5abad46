// table
/// What rspamd's functional tests (115_dmarc, 116_dkim, 117_spf, 321_arc_check and their
/// configuration, as of August 2026) expect of the messages in `dmarc-rspamd`.
enum RspamdSuite {
    /// Records as the tests' configuration has them. The keys of the messages about broken and
    /// revoked keys are as the messages' own text describes them; those of the two ARC sealers are
    /// the ones that stood in the DNS, as did the address of the one host of Google.
    static let zone = """
        _dmarc.cacophony.za.org. TXT "v=DMARC1; p=none; sp=reject"
        _dmarc.reject.cacophony.za.org. TXT "v=DMARC1; p=reject; rua=mailto:dmarc-reports@rspamd.com"
        _dmarc.quarantine.cacophony.za.org. TXT "v=DMARC1; p=quarantine"
        _dmarc.my.mom.za.org. TXT "v=DMARC1; p=reject"
        _dmarc.yo.mom.za.org. TXT "v=DMARC1; p=reject; aspf=s; adkim=s;"
        _dmarc.yoni.za.org. TXT "v=DMARC1; p=reject; sp=none;"
        _dmarc.yoni.za.net. TXT "v=DMARC1; p=none; sp=quarantine"
        _dmarc.zero_pct.com. TXT "v=DMARC1; p=reject; sp=quarantine; pct=0"
        _dmarc.rspamd.tk. TXT "bio=a263adeab8acdcdb8b89e127b67d696061fdfbee"
        spf.cacophony.za.org. TXT "v=spf1 ip4:8.8.4.4 -all"
        cacophony.za.org. TXT "v=spf1 redirect=asdfsfewewrredfs"
        yo.mom.za.org. TXT "v=spf1 ip4:37.48.67.26 -all"
        mom.za.org. TXT "v=spf1 ip4:37.48.67.26 -all"
        crazyspf.cacophony.za.org. TXT "v=spf1 ptr:cacophony.za.org ptr:rspamd.com ptr:yahoo.com ptr:yahoo.net ptr:highsecure.ru -all"
        rspamd.com. TXT "v=spf1 mx -all"
        rspamd.tk. TXT "bio=a263adeab8acdcdb8b89e127b67d696061fdfbee"
        example.net. TXT "v=spf1 -all"
        plusall.com. TXT "v=spf1 +all"
        za. TXT "Top-level domain for South Africa"
        fail1.org.org.za. TXT "v=spf1 redirect=www.dnssec-failed.org"
        fail2.org.org.za. TXT "v=spf1 ip4:8.8.4.4 include:www.dnssec-failed.org -all"
        fail3.org.org.za. TXT "v=spf1 ip4:8.8.8.8 include:total.barf -all"
        fail4.org.org.za. TXT "v=spf1 redirect=asdfsfewewrredfs"
        fail5.org.org.za. TXT "v=spf1 OMGBARF"
        fail6.org.org.za. TXT "v=spf1 ip4:8.8.8.8 mx -all"
        fail7.org.org.za. TXT "v=spf1 ip4:8.8.8.8 a -all"
        fail8.org.org.za. TXT "v=spf1 ip4:8.8.8.8 a:www.dnssec-failed.org -all"
        fail9.org.org.za. TXT "v=spf1 ip4:8.8.8.8 mx:www.dnssec-failed.org -all"
        fail10.org.org.za. TXT "v=spf1 redirect=fail5.org.org.za"
        fail11.org.org.za. TXT "v=sPF1 ip4:8.8.8.8 -all"
        pass1.org.org.za. TXT "v=spf1 include:pass2.org.org.za -all"
        pass2.org.org.za. TXT "v=spf1 ip4:8.8.8.8 -all"
        rspamd.com. MX 10 mail.highsecure.ru.
        mail.highsecure.ru. A 88.99.142.95
        95.142.99.88.in-addr.arpa. PTR mail.highsecure.ru.
        182.216.85.209.in-addr.arpa. PTR mail-qt0-f182.google.com.
        mail-qt0-f182.google.com. A 209.85.216.182
        dkim._domainkey.cacophony.za.org. TXT "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDXtxBE5IiNRMcq2/lc2zErfdCvDFyQNBnMjbOjBQrPST2k4fdGbtpe5Iu5uS01Met+dAEf94XL8I0hwmYw+n70PP834zfJGi2egwGqrakpaWsCDPvIJZLkxJCJKQRA/zrQ622uEXdvYixVbs" "EGVw7U4wAGSmT5rU2eU1y63AlOlQIDAQAB"
        dkim._domainkey.rspamd.com. TXT "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQCd/XhZBEGGAss48lEuMmwZv9lOFf6FTllBiQ3sPhdTpDdIPaW9TInW7iYnYD/bXHeVxYAyD/sKhYk6+qGBRu10rEi+iyPvLCIED+Boq0tEQosuKuV6Fjoomb+QhZY9KdjyZTjsrFPZ+wCkUY" "/30uTmpX2SwSqyxxlK0pUIsRgMAQIDAQAB"
        dkim._domainkey.highsecure.ru. TXT "p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDK4ZQYky30GH0Ak9OQ1fv3IdFNbpOtpa4S/PR20ZLgPXfd/FCA//ztUmu7kHlELI+/+4f8W+xX0oZlOc/cFxhopRjXZMlSsQqmWOZ40/GxWFBtcqafKu78FCqO7URqZUmMCM5Jlp4zt/yzH3dbYNG3i5PVlB5QtQ" "nZvY+dvBL3dwIDAQAB"
        testdkim._domainkey.mom.za.org. TXT "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQC3v4VPE1QMHUzsMRbC8VzXNq82mDjiv9Gi1NB/YYC+vIYZT+sE/Uxnr0Clk8C2jgzEr3jcxgQEWZfMtEEg/EfEJvh4SrXWv9c0gw1EEfxKxX9i+r8yBQtc/EWospWVDkhF2lAvQAK1lV1ZiU" "7psJ6fh1CI39uZyWdAktZzWLf0zQIDAQAB"
        testdkim1._domainkey.yoni.za.org. TXT "v=DKIM1; k=rsa; p=BARF"
        testdkim._domainkey.asdf.rspamd.tk. TXT "bio=a263adeab8acdcdb8b89e127b67d696061fdfbee"
        testdkim._domainkey.rspamd.tk. TXT "bio=a263adeab8acdcdb8b89e127b67d696061fdfbee"
        broken._domainkey.brokenkey.za.org. TXT "v=DKIM1; k=ed2014; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
        revoked._domainkey.revokedkey.za.org. TXT "v=DKIM1; k=rsa; p="
        arc-20160816._domainkey.google.com. TXT "k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA1Lztpxs7yUxQEsbDFhjMc9kZVZu5P/COYEUIX4B39IL4SXAbv4viIlT9E6F6iZmTh1go7+9WQLywwgwjXMJx/Dz0RgMoPeyp5NRy4l320DPYibNqVMWa5iQ2WiImQC0en1O9uhLLvzaSZJ03fvG" "mCo9jMo0GwKzLNe14xMgn/px2L5N/3IKlKX4bqUAJTUt8L993ZlWzvgMnSFSt8B+euSKSrtAiopdy4r1yO4eN5goBASrGW0eLQc1lYouNvCrcTQpos4/GEAqiGzpqueJLmBfOO4clNvVvpPkvQs2BHw9I9LmIjaMxTNGxkGBRaP3utDiKXXqu1K+LRzl0HCNSdQIDAQA" "B"
        arcselector9901._domainkey.microsoft.com. TXT "v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAohCECx8ACVIj42taMc8G2ljiDmsboUW4mgasOg3/2Ay1D37DwK0CE1aok6x0x6dQ4FC/NGdeksPjT/ZLYH+zwwUvElJwd8adtZK4E7AT9Rzr6WPtTiFHi87em6n12HTvp8plpGHXnm" "8vdFrTxcCUguwUBzbe6MB12Dc3vSURcOUqfa6Dlj/6cNehl+PMonqlLxOl2KmpTJ/Vy9jhdFOu50xEhXIT5ocOa4tX12hfoMpZfBW6iU5QIyvnEFkJuF8Ibs7Hhr7Ec1GZc6tgOd5uNTAnnvh+xiYs8e722H5iDecMsBzj+I9U+CBY1ACwY9hTC1UDNu3xS+WKQNgvni" "fdIQIDAQAB"
        """

    /// Names whose look-ups time out in the tests.
    static let failing: Set<String> = [
        "_dmarc.dnssec-failed.org TXT", "testdkim1._domainkey.dnssec-failed.org TXT",
        "www.dnssec-failed.org TXT", "www.dnssec-failed.org MX", "www.dnssec-failed.org A",
    ]

    /// The keys of 16,384 and 8,192 bits that two of the messages speak of, and a record whose `p=`
    /// is longer than any key; the numbers in them are made up.
    static var wideKeys: String {
        [
            ("wide", publicKey(bits: 16_384)), ("ok", publicKey(bits: 8_192)),
            ("long", String(repeating: "A", count: 60_000)),
        ]
        .map { selector, key in
            let record = Array("v=DKIM1; k=rsa; p=\(key)")
            let strings = stride(from: 0, to: record.count, by: 200).map {
                "\"\(String(record[$0..<min($0 + 200, record.count)]))\""
            }
            return "\(selector)._domainkey.bigkey.za.org. TXT " + strings.joined(separator: " ")
        }
        .joined(separator: "\n")
    }

    /// An RSA public key in the form of RFC 5280 §4.1.2.7, in base64.
    private static func publicKey(bits: Int) -> String {
        func wrapped(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
            let count = content.count
            if count < 0x80 { return [tag, UInt8(count)] + content }
            return [tag, 0x82, UInt8(count >> 8), UInt8(count & 0xFF)] + content
        }
        let modulus = [0] + [UInt8](repeating: 0xC5, count: bits / 8)
        let numbers = wrapped(0x02, modulus) + wrapped(0x02, [1, 0, 1])
        let algorithm: [UInt8] = [
            0x30, 0x0D, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01, 0x05, 0,
        ]
        let key = wrapped(0x03, [0] + wrapped(0x30, numbers))
        return base64(wrapped(0x30, algorithm + key))
    }

    private static func base64(_ octets: [UInt8]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        var text = ""
        for start in stride(from: 0, to: octets.count, by: 3) {
            let group = octets[start..<min(start + 3, octets.count)]
            var bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            var letters: [Character] = []
            for _ in 0..<4 {
                letters.append(alphabet[bits & 63])
                bits >>= 6
            }
            text += String(letters.reversed().prefix(group.count + 1))
            text += String(repeating: "=", count: 3 - group.count)
        }
        return text
    }

    typealias Scan = RspamdConformanceTests.Scan

    static let dmarc = [
        Scan("NONE PASS DKIM", "dmarc/pass_none.eml", "pass"),
        Scan(
            "NONE PASS SPF", "dmarc/fail_none.eml", "8.8.4.4", from: "foo@spf.cacophony.za.org",
            "pass"),
        Scan("NONE FAIL", "dmarc/fail_none.eml", "fail none"),
        Scan("REJECT FAIL", "dmarc/fail_reject.eml", "fail reject"),
        Scan("QUARANTINE FAIL", "dmarc/fail_quarantine.eml", "fail quarantine"),
        Scan("SP NONE FAIL", "dmarc/subdomain_fail_none.eml", "fail none"),
        Scan("SP REJECT FAIL", "dmarc/subdomain_fail_reject.eml", "fail reject"),
        Scan("SP QUARANTINE FAIL", "dmarc/subdomain_fail_quarantine.eml", "fail quarantine"),
        Scan(
            "SUBDOMAIN FAIL DKIM STRICT ALIGNMENT", "dmarc/onsubdomain_fail_alignment.eml",
            "fail reject"),
        Scan(
            "SUBDOMAIN PASS DKIM RELAXED ALIGNMENT", "dmarc/onsubdomain_pass_relaxed.eml", "pass"),
        Scan(
            "SUBDOMAIN PASS SPF STRICT ALIGNMENT", "dmarc/onsubdomain_fail_alignment.eml",
            "37.48.67.26", from: "foo@yo.mom.za.org", "pass"),
        Scan(
            "SUBDOMAIN FAIL SPF STRICT ALIGNMENT", "dmarc/onsubdomain_fail_alignment.eml",
            "37.48.67.26", from: "foo@mom.za.org", "fail reject"),
        Scan(
            "SUBDOMAIN PASS SPF RELAXED ALIGNMENT", "dmarc/onsubdomain_fail.eml", "37.48.67.26",
            from: "foo@mom.za.org", "pass"),
        Scan(
            "DNSFAIL", "dmarc/dmarc_tmpfail.eml", "37.48.67.26", from: "foo@mom.za.org",
            "temperror"),
        Scan(
            "PCT ZERO REJECT", "dmarc/pct_none.eml", "37.48.67.26", from: "foo@mom.za.org",
            "fail quarantine"),
        Scan(
            "PCT ZERO SP QUARANTINE", "dmarc/pct_none1.eml", "37.48.67.26", from: "foo@mom.za.org",
            "fail none"),
        Scan(
            "SPF DNSFAIL FAILED INCLUDE UNALIGNED", "dmarc/bad_dkim1.eml", "8.8.8.8",
            from: "x@fail2.org.org.za", "fail none"),
    ]

    /// The record stands below the domain that sent; by RFC 9989 it says nothing about that one.
    static let organizations: Set<String> = [
        "SUBDOMAIN PASS DKIM RELAXED ALIGNMENT", "SUBDOMAIN PASS SPF RELAXED ALIGNMENT",
    ]
    /// RFC 9989 removed `pct`.
    static let percentages: Set<String> = ["PCT ZERO REJECT", "PCT ZERO SP QUARANTINE"]

    private static func sender(
        _ name: String, _ client: String, _ from: String, _ expected: String
    ) -> Scan {
        Scan(name, "dmarc/bad_dkim1.eml", client, from: from, expected)
    }

    static let spf = [
        sender("FAIL UNRESOLVEABLE INCLUDE", "37.48.67.26", "x@fail3.org.org.za", "fail"),
        sender("DNSFAIL FAILED INCLUDE", "8.8.8.8", "x@fail2.org.org.za", "temperror"),
        sender("ALLOW UNRESOLVEABLE INCLUDE", "8.8.8.8", "x@fail3.org.org.za", "pass"),
        sender("ALLOW FAILED INCLUDE", "8.8.4.4", "x@fail2.org.org.za", "pass"),
        sender("NA NA", "8.8.8.8", "x@za", "none"),
        sender("NA NOREC", "8.8.8.8", "x@co.za", "none"),
        sender("NA NXDOMAIN", "8.8.8.8", "x@zzzzaaaa", "none"),
        sender("PERMFAIL UNRESOLVEABLE REDIRECT", "8.8.8.8", "x@fail4.org.org.za", "permerror"),
        sender("REDIRECT NO USEABLE ELEMENTS", "8.8.8.8", "x@fail10.org.org.za", "permerror"),
        sender("DNSFAIL FAILED REDIRECT", "8.8.8.8", "x@fail1.org.org.za", "temperror"),
        sender("PERMFAIL NO USEABLE ELEMENTS", "8.8.8.8", "x@fail5.org.org.za", "permerror"),
        sender("FAIL", "8.8.8.8", "x@example.net", "fail"),
        sender("FAIL UNRESOLVEABLE MX", "1.2.3.4", "x@fail6.org.org.za", "fail"),
        sender("FAIL UNRESOLVEABLE A", "1.2.3.4", "x@fail7.org.org.za", "fail"),
        sender("DNSFAIL FAILED A", "1.2.3.4", "x@fail8.org.org.za", "temperror"),
        sender("DNSFAIL FAILED MX", "1.2.3.4", "x@fail9.org.org.za", "temperror"),
        sender("DNSFAIL FAILED RECORD", "1.2.3.4", "x@www.dnssec-failed.org", "temperror"),
        sender("PASS INCLUDE", "8.8.8.8", "x@pass1.org.org.za", "pass"),
        sender("PTRS 1", "88.99.142.95", "foo@crazyspf.cacophony.za.org", "pass"),
        sender("PTRS 2", "128.66.0.1", "foo@crazyspf.cacophony.za.org", "fail"),
        sender("PTRS 3", "209.85.216.182", "foo@crazyspf.cacophony.za.org", "fail"),
        Scan(
            "PERMFAIL REDIRECT WITHOUT SPF", "dmarc/bad_dkim4.eml", "192.0.2.1",
            from: "a@fail1.org.org.za", "temperror"),
        sender("UPPERCASE", "8.8.8.8", "x@fail11.org.org.za", "pass"),
        sender("PLUSALL", "8.8.8.8", "x@plusall.com", "pass"),
    ]

    static let dkim = [
        Scan("PERMFAIL NXDOMAIN", "dmarc/bad_dkim2.eml", "37.48.67.26", "permerror"),
        Scan("PERMFAIL BAD RECORD", "dmarc/bad_dkim1.eml", "37.48.67.26", "permerror"),
        Scan("TEMPFAIL SERVFAIL UNALIGNED", "dmarc/bad_dkim3.eml", "37.48.67.26", "temperror"),
        Scan("PERMFAIL BROKEN KEY TYPE", "dkim_broken_key.eml", "permerror"),
        Scan("PERMFAIL REVOKED KEY", "dkim_revoked_key.eml", "permerror"),
        Scan("PERMFAIL KEY OF 16384 BITS", "dkim_key_too_wide.eml", "permerror"),
        Scan("REJECT KEY OF 8192 BITS", "dkim_key_wide_ok.eml", "fail"),
        Scan("PERMFAIL KEY RECORD TOO LONG", "dkim_key_too_long.eml", "permerror"),
        Scan("PERMFAIL LARGE H LIST", "dkim_large_hlist.eml", "permerror"),
        Scan("PERMFAIL HUGE H LIST", "dkim_huge_hlist.eml", "permerror"),
        Scan("PASS", "dmarc/pass_none.eml", "pass"),
        Scan("GOOD HIGHSECURE", "dmarc/good_dkim_highsecure.eml", "pass"),
        Scan("BAD HIGHSECURE", "dmarc/bad_dkim_highsecure.eml", "fail"),
        Scan("GOOD RSPAMD", "dmarc/good_dkim_rspamd.eml", "pass"),
        Scan("BAD RSPAMD", "dmarc/bad_dkim_rspamd.eml", "fail"),
        Scan("NA NOSIG", "dmarc/no_dkim_valid_spf.eml", "none"),
    ]

    static let arc = [
        Scan("ALLOW", "arcallow.eml", "pass"), Scan("BAD", "arcbad.eml", "fail"),
    ]
}
