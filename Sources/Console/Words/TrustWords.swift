import Storage

/// How far a report is believed, in words and signs.
enum TrustWords {
    static func fields(_ trust: ReportTrust?) -> Fields {
        guard let trust else {
            return [
                "trustSign": .text("○"), "trustWord": .text("Not judged"),
                "trustReasons": .list([
                    [
                        "trustReason": ForeignText.value(
                            "A person imported it from files; who sent it was not looked into.",
                            limit: 200)
                    ]
                ]),
            ]
        }
        return [
            "trustSign": .text(sign(trust.level)), "trustWord": .text(word(trust.level)),
            "trustReasons": .list(
                trust.reasons.prefix(6).map {
                    ["trustReason": ForeignText.value($0, limit: 400)]
                }),
        ]
    }

    static func word(_ level: ReportTrust.Level) -> String {
        switch level {
        case .proved: "Proved"
        case .plausible: "Plausible"
        case .unproved: "Not proved"
        case .forged: "Looks forged"
        }
    }

    private static func sign(_ level: ReportTrust.Level) -> String {
        switch level {
        case .proved: "●"
        case .plausible: "◐"
        case .unproved: "○"
        case .forged: "✕"
        }
    }
}
