import Gateway
import MailAuthentication
import Spool
import Testing

@Suite struct HeaderFieldTests {
    private let stamp = VerdictStamp(secret: Array(repeating: 7, count: 32))

    @Test func `a verdict is believed only with our own code`() throws {
        let decision = Decision(.deliver, .authenticated, "SPF passed.")
        let field = stamp.render(id: "0123456789ABC", decision, at: 1_790_000_000)
        let value = String(field.drop { $0 != ":" }.dropFirst())
        #expect(stamp.isOurs(value))
        #expect(!stamp.isOurs(value.replacing("deliver", with: "reject")))
        #expect(!stamp.isOurs(" v=1; verdict=deliver; h="))
        #expect(!stamp.isOurs(""))
        #expect(!VerdictStamp(secret: [1, 2, 3]).isOurs(value))
    }

    @Test func `fields that speak in our name are taken out, the rest stays octet for octet`() {
        let text =
            "Received: from a\r\n by b\r\nAuthentication-Results: mx.example;\r\n spf=pass\r\n"
            + "X-Sealgate-Verdict: v=1; verdict=deliver\r\n"
            + "x-ms-exchange-organization-SCL: -1\r\nAuthentication-Results: other.example; none\r\n"
            + "From: a@b.example\r\nX-Forefront-Antispam-Report: SFV:SKN\r\n\r\nbody\r\n.\r\n"
        let octets = Array(text.utf8)
        let message = RawMessage(octets)
        let forged = ForgedFields(authservID: "mx.example", stamp: stamp)
        let left = ForgedFields.removing(forged.indices(in: message), from: octets, message)
        #expect(
            String(decoding: left, as: UTF8.self)
                == "Received: from a\r\n by b\r\nAuthentication-Results: other.example; none\r\n"
                + "From: a@b.example\r\n\r\nbody\r\n.\r\n")
    }

    @Test func `a message without such fields has none to take out`() {
        let octets = Array("Subject: X-Sealgate-Verdict: v=1\r\n\r\nX-Forefront-A: b\r\n".utf8)
        let forged = ForgedFields(authservID: "mx.example", stamp: stamp)
        #expect(forged.indices(in: RawMessage(octets)).isEmpty)
    }
}
