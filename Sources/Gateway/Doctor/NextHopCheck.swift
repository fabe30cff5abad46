internal import Identities
internal import SMTP
public import SMTPClient

/// Whether the servers that mail goes on to can be reached, how well the way is protected, and what
/// they offer. No message is sent.
public struct NextHopCheck: Sendable {
    private let planner: RoutePlanner
    private let client: SMTPClient
    private let now: Int64

    /// - Parameter now: milliseconds since 1970.
    public init(planner: RoutePlanner, client: SMTPClient, now: Int64) {
        self.planner = planner
        self.client = client
        self.now = now
    }

    public func look(at destination: DeliveryDestination) async -> [Finding] {
        switch await planner.plan(for: destination, now: now) {
        case .none(let failure):
            return [
                finding(
                    .wrong, "\(destination)", failure.text,
                    advice: "Check the name of the next server (--next-hop) and the resolver.")
            ]
        case .servers(let servers):
            var random = SystemRandomNumberGenerator()
            var findings: [Finding] = []
            for planned in servers.targets(using: &random) {
                findings += await look(at: planned.target)
            }
            return findings
        }
    }

    private func look(at target: DeliveryTarget) async -> [Finding] {
        let address =
            target.address.isIPv4 ? "\(target.address)" : "[\(target.address)]"
        let isAddress = target.name.hasPrefix("[")
        let place =
            isAddress ? "\(address):\(target.port)" : "\(target.name) (\(address):\(target.port))"
        switch await client.examine(target) {
        case .failure(let failure):
            return [
                finding(
                    .wrong, place, TerminalText.clean(failure.text, limit: 300),
                    advice: Self.advice(failure))
            ]
        case .success(let facts):
            let offers = Self.offers(facts)
            return [
                finding(.ok, place, "It answers and offers \(offers)."),
                protection(facts, target, place),
            ]
        }
    }

    private static func advice(_ failure: DeliveryFailure) -> String {
        if failure.tlsFailure != nil {
            return "Mail waits until this is mended. Mend the server's certificate, or ask for "
                + "less with --next-hop-tls."
        }
        return failure.stage == .connect
            ? "See that the server runs, and that no firewall is in between."
            : "See what the server's own log says about this connection."
    }

    private func protection(
        _ facts: ConnectionFacts, _ target: DeliveryTarget, _ place: String
    ) -> Finding {
        guard let tls = facts.tls else {
            if target.tls == .never {
                return finding(
                    .ok, place, "Mail goes there without encryption, as it is configured.")
            }
            return finding(
                .look, place,
                "Mail goes there without encryption. "
                    + (facts.tlsFailureText ?? "The server does not offer STARTTLS."),
                advice: "Switch STARTTLS on at the server.")
        }
        let words = "\(tls.version), \(tls.cipher)"
        switch tls.verification {
        case .verified(let name):
            return finding(
                .ok, place, "Encrypted (\(words)); its certificate is good for \(name).")
        case .dane:
            return finding(.ok, place, "Encrypted (\(words)); DANE proves its certificate.")
        case .unproven(let failure):
            return finding(
                .look, place,
                "Encrypted (\(words)), but its certificate proves nothing "
                    + "(\(failure.rawValue)): whoever answers gets the mail.",
                advice: "Give the server a certificate for its name, then ask for it: "
                    + "--next-hop-tls verified")
        }
    }

    private static func offers(_ facts: ConnectionFacts) -> String {
        let names: [(ServerExtensions.Keywords, String)] = [
            (.pipelining, "PIPELINING"), (.chunking, "CHUNKING"), (.eightBitMIME, "8BITMIME"),
            (.smtpUTF8, "SMTPUTF8"), (.deliveryStatusNotifications, "DSN"),
            (.startTLS, "STARTTLS"), (.requireTLS, "REQUIRETLS"),
        ]
        var offered = names.filter { facts.extensions.offers($0.0) }.map(\.1)
        if let largest = facts.extensions.maximumOctets {
            offered.append("messages up to \(DiskCheck.size(largest))")
        }
        return offered.isEmpty ? "nothing beyond plain SMTP" : offered.joined(separator: ", ")
    }

    private func finding(
        _ state: Finding.State, _ place: String, _ sentence: String, advice: String? = nil
    ) -> Finding {
        Finding("next hop", state, at: place, sentence, advice: advice)
    }
}
