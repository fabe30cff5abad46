import Hummingbird

/// `/glossary`: the words of the trade, each explained once.
struct GlossaryPages {
    let templates: Templates

    func register(on router: Router<ConsoleContext>) {
        router.get("/glossary") { _, context in
            let entries = Glossary.entries.map { entry -> Fields in
                [
                    "anchor": .text(entry.anchor), "term": .text(entry.term),
                    "explanation": .text(entry.explanation), "source": .optional(entry.source),
                    "sign": .optional(entry.sign),
                    "fate": .optional(entry.sign.map { _ in entry.anchor }),
                ]
            }
            return templates.response(
                Page(
                    "glossary", title: "Glossary", place: .glossary,
                    fields: ["entries": .list(entries)]),
                for: context.visit)
        }
    }
}

/// What the words mean.
enum Glossary {
    struct Entry {
        var anchor: String
        var term: String
        var explanation: String
        /// The specification that defines it.
        var source: String?
        var sign: String?
    }

    static let entries: [Entry] = [
        Entry(
            anchor: "proved", term: "Proved yours",
            explanation: "The message carried a proof that belongs to the domain in its From line: "
                + "a DKIM signature of that domain, or a return address of that domain sent from a "
                + "server its SPF record lists. This is what DMARC calls a pass.",
            source: "RFC 9989 §4.4", sign: "●"),
        Entry(
            anchor: "undecided", term: "To decide",
            explanation: "The message may be yours and carried no matching proof. Either it comes "
                + "from a service of yours that is not set up, or there is too little evidence to "
                + "tell. Only you know which. A sender asks for your decision when that is so for "
                + "one in twenty of its messages, or more.",
            sign: "◐"),
        Entry(
            anchor: "forwarded", term: "Forwarded",
            explanation: "Your message was passed on by somebody else, a mailing list or an old "
                + "address, and lost its proof on the way. There is nothing to authorise. DKIM "
                + "signatures survive when the message is passed on unchanged.",
            sign: "↪"),
        Entry(
            anchor: "forged", term: "Forged",
            explanation:
                "Somebody sent the message in your name from a server that nothing ties to "
                + "you. This is the mail that a policy of reject stops.",
            sign: "✕"),
        Entry(
            anchor: "aggregate-report", term: "Aggregate report",
            explanation: "A daily summary by which a receiver tells the owner of a domain how much "
                + "mail in its name arrived, from where, and with which proofs. It holds counts, "
                + "no messages. Not every receiver sends them, so all figures here are of mail "
                + "that was reported.",
            source: "RFC 9990"),
        Entry(
            anchor: "alignment", term: "Alignment",
            explanation: "A proof counts only if it belongs to the domain that people see in the "
                + "From line. Relaxed alignment takes a subdomain for its parent, strict alignment "
                + "wants the same name.",
            source: "RFC 9989 §4.4"),
        Entry(
            anchor: "dkim", term: "DKIM",
            explanation: "A signature that the sending server puts into a message. Its key is "
                + "published in the DNS of the signing domain (d=), under a name called selector "
                + "(s=).",
            source: "RFC 6376"),
        Entry(
            anchor: "dmarc", term: "DMARC",
            explanation: "A record in the DNS (_dmarc.your-domain) that tells receivers what to do "
                + "with mail in your name that is not proved, and where to send reports.",
            source: "RFC 9989"),
        Entry(
            anchor: "discovery", term: "Tree walk and public suffix list",
            explanation: "Two ways in which receivers find the record that applies to a subdomain. "
                + "Newer ones ask the DNS for each parent name in turn (tree walk); older ones use "
                + "a list of suffixes under which anyone can register. They rarely differ.",
            source: "RFC 9989 §4.10"),
        Entry(
            anchor: "disposition", term: "Disposition",
            explanation:
                "What the receiver did with the message: delivered it (none), put it aside "
                + "(quarantine), or refused it (reject).",
            source: "RFC 9990"),
        Entry(
            anchor: "envelope", term: "Return address (MAIL FROM)",
            explanation: "The address that servers give each other and to which bounces go. People "
                + "do not see it. SPF checks this one, not the From line.",
            source: "RFC 5321 §4.1.1.2"),
        Entry(
            anchor: "policy", term: "Policy",
            explanation:
                "p=none only asks for reports, p=quarantine asks receivers to put unproved "
                + "mail aside, p=reject asks them to refuse it. sp= is for subdomains, np= for "
                + "subdomains that do not exist.",
            source: "RFC 9989 §4.7"),
        Entry(
            anchor: "quarantine", term: "Quarantine (of the intake)",
            explanation: "Documents that were sent as reports and could not be read. They are kept "
                + "whole, with the reason, until somebody retries, exports or discards them."),
        Entry(
            anchor: "repair", term: "Repair",
            explanation: "A place where a report departs from the standard and was read all the "
                + "same. Every repair is kept with the report and shown."),
        Entry(
            anchor: "reverse-name", term: "Name of a server (PTR)",
            explanation:
                "The name that the DNS gives for an address. It counts as evidence only if "
                + "the name leads back to the address, because anyone may claim a name."),
        Entry(
            anchor: "spf", term: "SPF",
            explanation:
                "A record in the DNS that lists the servers that may send with a domain in "
                + "the return address.",
            source: "RFC 7208"),
    ]
}
