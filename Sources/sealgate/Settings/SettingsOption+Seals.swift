import Gateway

/// The options of what leaves: signatures, seals, and changes.
extension SettingsOption {
    static let seals: [SettingsOption] = [
        keys(
            "gateway.sign", "--sign", \.gateway.signing,
            meaning:
                "Keys that mail of your own people is signed with (DKIM), each DOMAIN SELECTOR "
                + "FILE; a domain may have two. The author's domain, or the nearest above it, "
                + "signs. See sealgate key.",
            reason: "A key must be in your DNS before it signs."),
        keys(
            "gateway.sign-dkim2", "--sign-dkim2", \.gateway.chainSigning,
            meaning: "Keys for signatures of the coming DKIM2, an experiment.",
            reason: "The standard is not finished, and nearly nobody reads it yet."),
        SettingsOption(
            key: "gateway.arc", shape: .text, flag: "--arc",
            meaning:
                "The key that mail from outside is sealed with (ARC) when it is passed on: DOMAIN "
                + "SELECTOR FILE.",
            reason: "Only a next server that trusts your seals makes use of them.",
            wants: "DOMAIN SELECTOR FILE",
            example: .text("example.com s2026 /etc/sealgate/arc.pem"),
            read: { $0.gateway.sealing.map { .text($0.description) } },
            write: {
                guard case .text(let text) = $0, let key = SigningKeyPlace(text) else {
                    return false
                }
                $1.gateway.sealing = key
                return true
            }),
        SettingsOption(
            key: "gateway.subject-tag", shape: .text, flag: "--subject-tag",
            meaning:
                "A mark that is put before the subjects of mail from outside. Mail that is proved "
                + "to be from your own domains does not get it.",
            reason: "Mail leaves as it came, until you want it otherwise: a change breaks the "
                + "sender's signature.",
            wants: "a short text of at most 40 bytes", example: .text("[External]"),
            read: { $0.gateway.subjectTag.map { .text($0) } },
            write: {
                guard case .text(let text) = $0, SubjectTag(text) != nil else { return false }
                $1.gateway.subjectTag = text
                return true
            }),
        SettingsOption(
            key: "gateway.banner", shape: .text, flag: "--banner",
            meaning:
                "A file with a sentence that is put before the text of mail from outside; plain "
                + "text of at most 4 KiB. Signed and encrypted mail does not get it.",
            reason: "Mail leaves as it came, until you want it otherwise. Set gateway.arc too, so "
                + "that the next server learns what held before.",
            wants: "the path of a file", example: .text("/etc/sealgate/banner.txt"),
            read: { $0.gateway.banner.map { .text($0) } },
            write: {
                guard case .text(let text) = $0, !text.isEmpty else { return false }
                $1.gateway.banner = text
                return true
            }),
    ]

    private static func keys(
        _ key: String, _ flag: String,
        _ place: any WritableKeyPath<Settings, [SigningKeyPlace]> & Sendable,
        meaning: String, reason: String
    ) -> SettingsOption {
        SettingsOption(
            key: key, shape: .list, flag: flag, meaning: meaning, reason: reason,
            wants: "a list of DOMAIN SELECTOR FILE",
            example: .list(["example.com s2026 /etc/sealgate/dkim.pem"]),
            read: {
                let keys = $0[keyPath: place]
                return keys.isEmpty ? nil : .list(keys.map(\.description))
            },
            write: {
                guard case .list(let texts) = $0 else { return false }
                let keys = texts.compactMap { SigningKeyPlace($0) }
                $1[keyPath: place] = keys
                return keys.count == texts.count
            })
    }
}
