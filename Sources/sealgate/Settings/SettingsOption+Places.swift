import ReportConsumer

/// The options of what brings reports in by itself.
extension SettingsOption {
    static let places: [SettingsOption] = [
        SettingsOption(
            key: "intake.places", shape: .list, flag: "--place",
            meaning:
                "Mailboxes and folders that reports are fetched from: imaps://USER@HOST/FOLDER, "
                + "imap://… (STARTTLS), folder:/PATH or maildir:/PATH, then words: password-file=, "
                + "password-variable= or token-file= (OAuth), after=archive:FOLDER, after=mark, "
                + "after=delete (folders: after=move, after=keep), domain=, ca=. Blanks and @ in "
                + "names are written %20 and %40.",
            reason: "Nothing is fetched from anywhere until you name it. Passwords stand in files.",
            wants: "a list of places, each with its address first and without a password in it",
            example: .list([
                "imaps://reports%40example.com@imap.example.com/INBOX "
                    + "password-file=/etc/sealgate/imap after=archive:Done"
            ]),
            read: {
                let places = $0.intake.places
                return places.isEmpty ? nil : .list(places.map(\.description))
            },
            write: {
                guard case .list(let texts) = $0 else { return false }
                let places = texts.compactMap { PlaceText($0) }
                $1.intake.places = places
                return places.count == texts.count
            }),
        SettingsOption(
            key: "intake.interval", shape: .number, flag: "--place-interval",
            meaning: "Seconds between two looks into a mailbox.",
            reason: "Reports come once a day; a minute keeps a first try short.",
            wants: "a whole number from 5 to 86400", example: .number(300),
            read: { .number($0.intake.interval) },
            write: {
                guard case .number(let seconds) = $0, (5...86_400).contains(seconds) else {
                    return false
                }
                $1.intake.interval = seconds
                return true
            }),
        SettingsOption(
            key: "intake.trusted-receivers", shape: .list, flag: "--trusted-receiver",
            meaning:
                "Mail servers of yours whose Authentication-Results are believed in mails that are "
                + "fetched, by the name that they write there.",
            reason: "Anybody can write such a field; name only servers that remove foreign ones.",
            wants: "a list of names", example: .list(["mx.example.com"]),
            read: {
                let names = $0.intake.trustedReceivers
                return names.isEmpty ? nil : .list(names)
            },
            write: {
                guard case .list(let names) = $0,
                    names.allSatisfy({ !$0.isEmpty && !$0.contains(" ") })
                else { return false }
                $1.intake.trustedReceivers = names
                return true
            }),
        SettingsOption(
            key: "intake.failure-reports", shape: .text, flag: "--failure-reports",
            meaning:
                "What becomes of reports about single messages: off (nothing of them is kept) or "
                + "redacted (kept without names, subjects and texts).",
            reason: "They tell who wrote to whom. Keep them only if you need them.",
            wants: "off or redacted", example: .text("redacted"),
            read: { .text($0.intake.failureReports.rawValue) },
            write: {
                guard case .text(let text) = $0, let choice = FailureReportChoice(rawValue: text)
                else { return false }
                $1.intake.failureReports = choice
                return true
            }),
    ]
}
