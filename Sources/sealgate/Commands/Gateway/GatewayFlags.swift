import ArgumentParser

/// The gateway's doors and ways, on the command line.
struct GatewayFlags: ParsableArguments, GivesFlags {
    @Option(help: "Take mail here (SMTP): HOST:PORT. Without it there is no gateway.")
    var inbound: String?
    @Option(help: "Take mail of your own people here, from --own-network only: HOST:PORT.")
    var outbound: String?
    @Option(help: "A door for reports alone: HOST:PORT.")
    var reportsDoor: String?
    @Option(help: "The gateway's own name. (default: the machine's)")
    var hostName: String?
    @Option(help: "A domain whose mail is taken; may be repeated.")
    var domain: [String] = []
    @Option(help: "How it is known who exists: ask, all, or a file of addresses. (default: ask)")
    var recipients: String?
    @Option(help: "Where mail goes on to: HOST:PORT, or mx. (default: mx)")
    var nextHop: String?
    @Option(help: "never, opportunistic, encrypted or verified. (default: opportunistic)")
    var nextHopTLS: String?
    @Option(help: "A network whose machines may send to everywhere; may be repeated.")
    var ownNetwork: [String] = []
    @Option(help: "An address for reports; may be repeated.")
    var reportAddress: [String] = []
    @Option(help: "The certificate chain for STARTTLS (PEM).")
    var certificate: String?
    @Option(help: "The certificate's private key (PEM).")
    var key: String?
    @Option(help: "Folder of the spool. (default: spool in the data folder)")
    var spool: String?
    @Option(help: "MiB of the largest message. (default: 50)") var largestMessage: Int?
    @Option(help: "Days for which records of messages are kept. (default: 90)")
    var recordDays: Int?
    @Option(help: "A network of load balancers that may name their clients; may be repeated.")
    var proxy: [String] = []
    @Option(help: "A domain of yours, which mail from outside must prove; may be repeated.")
    var ownDomain: [String] = []
    @Option(help: "A forwarder whose ARC seals are believed; may be repeated.")
    var trustedSealer: [String] = []
    @Option(help: "A domain whose mail goes over TLS only, in and out; may be repeated.")
    var encryptedDomain: [String] = []
    @Option(help: "A DNS list of bad clients with its weight, ZONE=WEIGHT; may be repeated.")
    var dnsList: [String] = []
    @Option(help: "Seconds that strangers wait for the greeting. (default: 0)")
    var greetingDelay: Int?
    @Option(help: "Seconds that the checks of a mail may take. (default: 20)") var deadline: Int?
    @Option(help: "The certificate shown to the next hop (PEM).") var clientCertificate: String?
    @Option(help: "Its private key (PEM).") var clientKey: String?
    @Option(help: "Whom the reports that we send come from; without it none are sent.")
    var reportSender: String?
    @Option(help: "Your organisation's name in those reports.") var organisation: String?
    @Option(help: "The DKIM key that they are signed with (PEM).") var signingKey: String?
    @Option(help: "The selector of that key.") var signingSelector: String?
    @Option(help: "A key for your people's mail (DKIM), 'DOMAIN SELECTOR FILE'; may be repeated.")
    var sign: [String] = []
    @Option(
        name: .customLong("sign-dkim2"),
        help: "A key for DKIM2 signatures, an experiment, likewise; may be repeated.")
    var signDKIM2: [String] = []
    @Option(help: "The key that mail from outside is sealed with (ARC): 'DOMAIN SELECTOR FILE'.")
    var arc: String?
    @Option(help: "A mark before the subjects of mail from outside, such as '[External]'.")
    var subjectTag: String?
    @Option(help: "A file with a sentence to put before the text of mail from outside.")
    var banner: String?

    func give(to flags: inout GivenFlags) {
        flags.add("gateway.inbound", inbound)
        flags.add("gateway.outbound", outbound)
        flags.add("gateway.reports", reportsDoor)
        flags.add("gateway.host-name", hostName)
        flags.add("gateway.domains", domain)
        flags.add("gateway.recipients", recipients)
        flags.add("gateway.next-hop", nextHop)
        flags.add("gateway.next-hop-tls", nextHopTLS)
        flags.add("gateway.own-networks", ownNetwork)
        flags.add("gateway.report-addresses", reportAddress)
        flags.add("gateway.certificate", certificate)
        flags.add("gateway.key", key)
        flags.add("gateway.spool", spool)
        flags.add("gateway.largest-message", largestMessage)
        flags.add("gateway.record-days", recordDays)
        flags.add("gateway.proxies", proxy)
        flags.add("gateway.own-domains", ownDomain)
        flags.add("gateway.trusted-sealers", trustedSealer)
        flags.add("gateway.encrypted-domains", encryptedDomain)
        flags.add("gateway.lists", dnsList)
        flags.add("gateway.greeting-delay", greetingDelay)
        flags.add("gateway.deadline", deadline)
        flags.add("gateway.client-certificate", clientCertificate)
        flags.add("gateway.client-key", clientKey)
        flags.add("gateway.report-sender", reportSender)
        flags.add("gateway.organisation", organisation)
        flags.add("gateway.signing-key", signingKey)
        flags.add("gateway.signing-selector", signingSelector)
        flags.add("gateway.sign", sign)
        flags.add("gateway.sign-dkim2", signDKIM2)
        flags.add("gateway.arc", arc)
        flags.add("gateway.subject-tag", subjectTag)
        flags.add("gateway.banner", banner)
    }
}
