import Identities

/// The options of the gateway.
extension SettingsOption {
    static let gateway: [SettingsOption] = doors + mail + ways + guards + reporting + seals

    private static let doors: [SettingsOption] = [
        address(
            "gateway.inbound", "--inbound", \.gateway.inbound,
            meaning: "Where the gateway takes mail from anywhere (SMTP): HOST:PORT.",
            reason: "Without it there is no gateway.", example: "0.0.0.0:25"),
        address(
            "gateway.outbound", "--outbound", \.gateway.outbound,
            meaning: "Where the gateway takes mail of your own people, from own-networks only.",
            reason: "Mail from inside needs another door than mail from everywhere.",
            example: "192.0.2.10:2525"),
        address(
            "gateway.reports", "--reports-door", \.gateway.reports,
            meaning: "A door for DMARC and TLS reports alone.",
            reason: "Report addresses work on the inbound door too.", example: "0.0.0.0:2526"),
        SettingsOption(
            key: "gateway.host-name", shape: .text, flag: "--host-name",
            meaning: "The gateway's own name, in its greeting and in Received fields.",
            reason: "The machine's name, until you say another.",
            wants: "a domain name", example: .text("mx.example.com"),
            read: { $0.gateway.hostName.map { .text($0.text) } },
            write: {
                guard case .text(let text) = $0, let name = DomainName(text) else { return false }
                $1.gateway.hostName = name
                return true
            }),
        path(
            "gateway.certificate", "--certificate", \.gateway.certificate,
            meaning: "The certificate chain for STARTTLS (PEM). It is read again on SIGHUP.",
            reason: "Without one mail comes in unencrypted.",
            example: "/etc/sealgate/tls/fullchain.pem"),
        path(
            "gateway.key", "--key", \.gateway.key,
            meaning: "The private key that goes with the certificate (PEM).",
            reason: "The two belong together.", example: "/etc/sealgate/tls/privkey.pem"),
    ]

    private static let mail: [SettingsOption] = [
        names(
            "gateway.domains", "--domain", \.gateway.domains,
            meaning: "Domains whose mail the gateway takes.",
            reason: "Mail for any other domain is refused, so that nobody can use you as a relay."),
        SettingsOption(
            key: "gateway.recipients", shape: .text, flag: "--recipients",
            meaning:
                "How it is known who exists: ask (the next server is asked, and its answer "
                + "remembered), all (everybody), or a file with one address a line.",
            reason: "Mail for nobody must be refused at once; the next server knows best.",
            wants: "ask, all, or the path of a file", example: .text("all"),
            read: { .text($0.gateway.recipients.text) },
            write: {
                guard case .text(let text) = $0, !text.isEmpty else { return false }
                $1.gateway.recipients = Settings.Recipients(text)
                return true
            }),
        SettingsOption(
            key: "gateway.report-addresses", shape: .list, flag: "--report-address",
            meaning: "Addresses for reports (rua=): their mail goes to the reports, not further.",
            reason: "There are none before your records name them.",
            wants: "a list of e-mail addresses", example: .list(["dmarc@example.com"]),
            read: {
                let all = $0.gateway.reportAddresses
                return all.isEmpty ? nil : .list(all.map(\.description))
            },
            write: {
                guard case .list(let texts) = $0 else { return false }
                let all = texts.compactMap { EmailAddress($0) }
                $1.gateway.reportAddresses = all
                return all.count == texts.count
            }),
        number(
            "gateway.largest-message", "--largest-message", \.gateway.largestMessage, 1...1_024,
            meaning: "MiB of the largest message that is taken.",
            reason: "Most servers take between 25 and 150.", example: 150),
        number(
            "gateway.record-days", "--record-days", \.gateway.recordDays, 1...3_650,
            meaning:
                "Days for which the records of messages are kept (trace). What waits or is held "
                + "stays longer.",
            reason: "A quarter of a year answers nearly every question about a mail.",
            example: 30),
    ]

    private static let ways: [SettingsOption] = [
        SettingsOption(
            key: "gateway.next-hop", shape: .text, flag: "--next-hop",
            meaning:
                "Where accepted mail goes on to: HOST:PORT, or mx for each domain's own hosts.",
            reason: "The MX of your domains will name this gateway, so name the server behind it.",
            wants: "mx, or HOST:PORT",
            example: .text("example-com.mail.protection.outlook.com:25"),
            read: { .text($0.gateway.nextHop.text) },
            write: {
                guard case .text(let text) = $0, let hop = Settings.NextHop(text) else {
                    return false
                }
                $1.gateway.nextHop = hop
                return true
            }),
        SettingsOption(
            key: "gateway.next-hop-tls", shape: .text, flag: "--next-hop-tls",
            meaning:
                "TLS on the way to the next hop: never, opportunistic, encrypted, or verified "
                + "(with a certificate for its name).",
            reason: "Opportunistic never keeps mail from arriving. Choose verified where you can.",
            wants: "never, opportunistic, encrypted or verified", example: .text("verified"),
            read: { .text($0.gateway.nextHopTLS.rawValue) },
            write: {
                guard case .text(let text) = $0, let tls = Settings.TLS(rawValue: text) else {
                    return false
                }
                $1.gateway.nextHopTLS = tls
                return true
            }),
        path(
            "gateway.client-certificate", "--client-certificate", \.gateway.clientCertificate,
            meaning: "The certificate that the gateway shows to the next hop (PEM).",
            reason: "Microsoft 365 takes mail from your connector by it.",
            example: "/etc/sealgate/tls/client.pem"),
        path(
            "gateway.client-key", "--client-key", \.gateway.clientKey,
            meaning: "The private key of the client certificate (PEM).",
            reason: "The two belong together.", example: "/etc/sealgate/tls/client-key.pem"),
        path(
            "gateway.spool", "--spool", \.gateway.spool,
            meaning: "Folder of the mail that was accepted and is not delivered yet.",
            reason: "Beside the store; put it on your fastest disk.", example: "/var/spool/sealgate"
        ),
    ]

    private static let guards: [SettingsOption] = [
        networks(
            "gateway.own-networks", "--own-network", \.gateway.ownNetworks,
            meaning: "Networks whose machines may send to everywhere, unchecked.",
            reason: "Nobody may, until you say who."),
        networks(
            "gateway.proxies", "--proxy", \.gateway.proxies,
            meaning: "Networks of load balancers that may name their clients (PROXY, XCLIENT).",
            reason: "Anybody else could claim to be anyone."),
        names(
            "gateway.own-domains", "--own-domain", \.gateway.ownDomains,
            meaning: "Your domains: mail from outside in their name must prove itself, or is held.",
            reason: "The domains whose mail is taken, until you name others."),
        names(
            "gateway.trusted-sealers", "--trusted-sealer", \.gateway.trustedSealers,
            meaning: "Forwarders whose ARC seals are believed.",
            reason: "A seal only says that somebody sealed; whom to believe is yours to say."),
        names(
            "gateway.encrypted-domains", "--encrypted-domain", \.gateway.encryptedDomains,
            meaning:
                "Domains, with those below them, whose mail goes over TLS only: what comes from "
                + "them or for them unencrypted is refused, and what goes to them waits for TLS.",
            reason: "Where two houses have agreed on it; the rest of the world is not ready."),
        SettingsOption(
            key: "gateway.lists", shape: .list, flag: "--dns-list",
            meaning:
                "DNS lists of clients that send spam, each with its weight: ZONE=WEIGHT. Clients "
                + "that reach 10 are refused; good lists have weights below zero.",
            reason: "A list's keeper learns who writes to you, and may want an agreement.",
            wants: "a list of ZONE=WEIGHT", example: .list(["bl.example.org=10"]),
            read: { $0.gateway.lists.isEmpty ? nil : .list($0.gateway.lists) },
            write: {
                guard case .list(let texts) = $0, texts.allSatisfy({ weighted($0) != nil }) else {
                    return false
                }
                $1.gateway.lists = texts
                return true
            }),
        number(
            "gateway.greeting-delay", "--greeting-delay", \.gateway.greetingDelay, 0...30,
            meaning: "Seconds that strangers wait for the greeting; who talks before is refused.",
            reason: "No wait, until you want one: it costs every new sender that time.",
            example: 4),
        number(
            "gateway.deadline", "--deadline", \.gateway.deadline, 1...120,
            meaning: "Seconds that the checks of one mail may take; then it is held unchecked.",
            reason: "Senders wait minutes, but not all of them do.", example: 20),
    ]

    private static let reporting: [SettingsOption] = [
        SettingsOption(
            key: "gateway.report-sender", shape: .text, flag: "--report-sender",
            meaning:
                "Whom DMARC and TLS reports about the mail you receive come from. They are sent to "
                + "the domains that ask for them.",
            reason: "No reports are sent until you name a sender.",
            wants: "an e-mail address", example: .text("reports@example.com"),
            read: { $0.gateway.reportSender.map { .text($0.description) } },
            write: {
                guard case .text(let text) = $0, let address = EmailAddress(text) else {
                    return false
                }
                $1.gateway.reportSender = address
                return true
            }),
        path(
            "gateway.organisation", "--organisation", \.gateway.organisation,
            meaning: "Your organisation's name in those reports.",
            reason: "The sender's domain, until you name it.", example: "Example Ltd",
            wants: "a name"),
        path(
            "gateway.signing-key", "--signing-key", \.gateway.signingKey,
            meaning: "The DKIM key that reports are signed with (PEM): see sealgate key.",
            reason: "Receivers believe signed reports only.", example: "/etc/sealgate/dkim.pem"),
        path(
            "gateway.signing-selector", "--signing-selector", \.gateway.signingSelector,
            meaning: "The selector under which that key is published.",
            reason: "It goes with the key.", example: "s2026", wants: "a selector"),
    ]

    /// A DNS list with its weight.
    static func weighted(_ text: String) -> (DomainName, Int)? {
        guard let sign = text.lastIndex(of: "="), let zone = DomainName(text[..<sign]),
            let weight = Int(text[text.index(after: sign)...]), (-100...100).contains(weight)
        else { return nil }
        return (zone, weight)
    }
}

/// Options that are alike.
extension SettingsOption {
    /// Where a value stands in the settings.
    private typealias Place<Value> = any WritableKeyPath<Settings, Value> & Sendable

    private static func address(
        _ key: String, _ flag: String,
        _ place: Place<SocketAddress?>, meaning: String,
        reason: String, example: String
    ) -> SettingsOption {
        SettingsOption(
            key: key, shape: .text, flag: flag, meaning: meaning, reason: reason,
            wants: "HOST:PORT", example: .text(example),
            read: { $0[keyPath: place].map { .text($0.description) } },
            write: {
                guard case .text(let text) = $0, let address = SocketAddress(text) else {
                    return false
                }
                $1[keyPath: place] = address
                return true
            })
    }

    private static func path(
        _ key: String, _ flag: String, _ place: Place<String?>,
        meaning: String, reason: String, example: String, wants: String = "a path"
    ) -> SettingsOption {
        SettingsOption(
            key: key, shape: .text, flag: flag, meaning: meaning, reason: reason,
            wants: wants, example: .text(example),
            read: { $0[keyPath: place].map { .text($0) } },
            write: {
                guard case .text(let text) = $0, !text.isEmpty else { return false }
                $1[keyPath: place] = text
                return true
            })
    }

    private static func names(
        _ key: String, _ flag: String, _ place: Place<[DomainName]>,
        meaning: String, reason: String
    ) -> SettingsOption {
        SettingsOption(
            key: key, shape: .list, flag: flag, meaning: meaning, reason: reason,
            wants: "a list of domain names", example: .list(["example.com"]),
            read: {
                let names = $0[keyPath: place]
                return names.isEmpty ? nil : .list(names.map(\.text))
            },
            write: {
                guard case .list(let texts) = $0 else { return false }
                let names = texts.compactMap { DomainName($0) }
                $1[keyPath: place] = names
                return names.count == texts.count
            })
    }

    private static func networks(
        _ key: String, _ flag: String, _ place: Place<[IPNetwork]>,
        meaning: String, reason: String
    ) -> SettingsOption {
        SettingsOption(
            key: key, shape: .list, flag: flag, meaning: meaning, reason: reason,
            wants: "a list of networks", example: .list(["192.0.2.0/24", "2001:db8::/32"]),
            read: {
                let networks = $0[keyPath: place]
                return networks.isEmpty ? nil : .list(networks.map(\.description))
            },
            write: {
                guard case .list(let texts) = $0 else { return false }
                let networks = texts.compactMap { IPNetwork($0) }
                $1[keyPath: place] = networks
                return networks.count == texts.count
            })
    }

    private static func number(
        _ key: String, _ flag: String, _ place: Place<Int>,
        _ range: ClosedRange<Int>, meaning: String, reason: String, example: Int
    ) -> SettingsOption {
        SettingsOption(
            key: key, shape: .number, flag: flag, meaning: meaning, reason: reason,
            wants: "a whole number from \(range.lowerBound) to \(range.upperBound)",
            example: .number(example), read: { .number($0[keyPath: place]) },
            write: {
                guard case .number(let number) = $0, range.contains(number) else { return false }
                $1[keyPath: place] = number
                return true
            })
    }
}
