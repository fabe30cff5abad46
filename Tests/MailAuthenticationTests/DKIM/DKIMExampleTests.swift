import Identities
import MailAuthentication
import Testing

/// The signed messages that the RFCs print.
@Suite struct DKIMExampleTests {
    /// RFC 6376 §A.2, with the indentation and the body of its errata 4926 and 3192.
    private static let rfc6376 = """
        DKIM-Signature: v=1; a=rsa-sha256; s=brisbane; d=example.com;
              c=simple/simple; q=dns/txt; i=joe@football.example.com;
              h=Received : From : To : Subject : Date : Message-ID;
              bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
              b=AuUoFEfDxTDkHlLXSZEpZj79LICEps6eda7W3deTVFOk4yAUoqOB
              4nujc7YopdG5dWLSdNg6xNAZpOPr+kHxt1IrE+NahM6L/LbvaHut
              KVdkLLkpVaVVQPzeRDI009SO2Il5Lu7rDNH6mZckBdrIx0orEtZV
              4bmp/YzhwvcubU4=;
        Received: from client1.football.example.com  [192.0.2.1]
              by submitserver.example.com with SUBMISSION;
              Fri, 11 Jul 2003 21:01:54 -0700 (PDT)
        From: Joe SixPack <joe@football.example.com>
        To: Suzie Q <suzie@shopping.example.net>
        Subject: Is dinner ready?
        Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)
        Message-ID: <20030712040037.46341.5F8J@football.example.com>

        Hi.

        We lost the game. Are you hungry yet?

        Joe.

        """

    private static let rfc6376Key =
        "v=DKIM1; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDwIRP/UC3SBsEmGqZ9ZJW3/DkMoGeLnQg1fWn7/"
        + "zYtIxN2SnFCjxOCKG9v3b4jYfcTNh5ijSsq631uBItLa7od+v/RtdC2UzJ1lWT947qR+Rcac2gbto/NMqJ0fzf"
        + "VjH4OuKhitdY9tf6mcwGjaNBcWToIMmPSPDdQPNUYckcQ2QIDAQAB"

    @Test func `the signed message of RFC 6376 verifies`() async {
        let dns = DKIMTestDNS(["brisbane._domainkey.example.com": [Self.rfc6376Key]])
        let message = RawMessage(DKIMTestKeys.crlf(Self.rfc6376))
        let outcome = await DKIMVerifier(lookup: dns).verify(message, now: 1_100_000_000)[0]
        #expect(outcome.result == .pass, "\(outcome.reason)")
        #expect(outcome.domain?.text == "example.com")
        #expect(outcome.identity == "joe@football.example.com")
        #expect(outcome.keyBits == 1_024)
        #expect(outcome.risks == [.shortKey])
        #expect(outcome.signaturePrefix == "AuUoFEfD")
    }

    @Test func `one octet more in the body of the example breaks the signature`() async {
        let dns = DKIMTestDNS(["brisbane._domainkey.example.com": [Self.rfc6376Key]])
        let message = RawMessage(DKIMTestKeys.crlf(Self.rfc6376 + "x"))
        let outcome = await DKIMVerifier(lookup: dns).verify(message, now: 1_100_000_000)[0]
        #expect(outcome.result == .fail)
        #expect(outcome.reason.contains("body was changed"))
    }

    /// RFC 8463 §A: one message, an Ed25519 and an RSA signature.
    private static let rfc8463 = """
        DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;
         d=football.example.com; i=@football.example.com;
         q=dns/txt; s=brisbane; t=1528637909; h=from : to :
         subject : date : message-id : from : subject : date;
         bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
         b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus
         Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==
        DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;
         d=football.example.com; i=@football.example.com;
         q=dns/txt; s=test; t=1528637909; h=from : to : subject :
         date : message-id : from : subject : date;
         bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
         b=F45dVWDfMbQDGHJFlXUNB2HKfbCeLRyhDXgFpEL8GwpsRe0IeIixNTe3
         DhCVlUrSjV4BwcVcOF6+FF3Zo9Rpo1tFOeS9mPYQTnGdaSGsgeefOsk2Jz
         dA+L10TeYt9BgDfQNZtKdN1WO//KgIqXP7OdEFE4LjFYNcUxZQ4FADY+8=
        From: Joe SixPack <joe@football.example.com>
        To: Suzie Q <suzie@shopping.example.net>
        Subject: Is dinner ready?
        Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)
        Message-ID: <20030712040037.46341.5F8J@football.example.com>

        Hi.

        We lost the game.  Are you hungry yet?

        Joe.

        """

    @Test func `both signatures of the message of RFC 8463 verify`() async {
        let dns = DKIMTestDNS([
            "brisbane._domainkey.football.example.com": [
                "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
            ],
            "test._domainkey.football.example.com": [
                "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3id"
                    + "Y6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/8uBsC"
                    + "R+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w"
                    + "3QIDAQAB"
            ],
        ])
        let message = RawMessage(DKIMTestKeys.crlf(Self.rfc8463))
        let outcomes = await DKIMVerifier(lookup: dns).verify(message, now: 1_528_637_910)
        #expect(outcomes.map(\.result) == [.pass, .pass], "\(outcomes.map(\.reason))")
        #expect(outcomes.map(\.algorithm) == ["ed25519-sha256", "rsa-sha256"])
        #expect(outcomes.map(\.keyBits) == [256, 1_024])
    }
}
