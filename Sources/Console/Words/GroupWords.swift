import DomainAnalysis
import Storage

/// The five parts of a domain's picture: a sign, a word, a class for its colour; never colour
/// alone.
extension SenderGroup {
    /// What asks for a decision first, forgeries last.
    static let workOrder: [SenderGroup] = [.known, .unknown, .legitimate, .forwarding, .spoofing]

    var sign: String {
        switch self {
        case .legitimate: "●"
        case .known: "◐"
        case .forwarding: "↪"
        case .spoofing: "✕"
        case .unknown: "○"
        }
    }

    var word: String {
        switch self {
        case .legitimate: "Yours"
        case .known: "Known, to decide"
        case .forwarding: "Forwarding"
        case .spoofing: "Not yours"
        case .unknown: "Unknown"
        }
    }

    var title: String {
        switch self {
        case .legitimate: "Yours: authorised, or proved by your DNS"
        case .known: "Known services, not decided yet"
        case .forwarding: "Forwarding"
        case .spoofing: "Not yours: forged, or rejected by you"
        case .unknown: "Unknown"
        }
    }

    var meaning: String {
        switch self {
        case .legitimate:
            "These send for you. What of it carries no matching proof yet is mail at risk."
        case .known:
            "We recognise who sends. Whether somebody of yours asked for it is your decision."
        case .forwarding: "They pass your mail on, which breaks its proof. Nothing to set up."
        case .spoofing: "The policy is what stops it: at p=reject receivers refuse it."
        case .unknown: "Nothing names these sources well enough. Somebody of yours may know them."
        }
    }

    /// The colours are those of the four states.
    private var colour: String {
        switch self {
        case .legitimate: "proved"
        case .known: "undecided"
        case .forwarding: "forwarded"
        case .spoofing: "forged"
        case .unknown: "none"
        }
    }

    /// Fields for the template `fate`.
    var fields: Fields {
        ["fate": .text(colour), "sign": .text(sign), "fateWord": .text(word)]
    }
}

/// What people did about a sender, in words.
enum DecisionWords {
    /// `Authorised by Ada on 14 Nov 2025.`; nil while nobody has decided.
    static func line(_ decision: SenderDecision?) -> String? {
        guard let decision, let verdict = decision.verdict else { return nil }
        var text = verdict == .authorised ? "Authorised" : "Rejected"
        if let person = decision.decidedBy {
            text += " by \(ForeignText.clean(person, limit: 40))"
        }
        if let at = decision.decidedAt { text += ", \(Dates.instant(at))" }
        return text + "."
    }

    /// What was just done, as a sentence.
    static func done(_ event: SenderEvent, name: String) -> String {
        let name = ForeignText.clean(name, limit: 60)
        switch event.act {
        case "authorise":
            return "\(name) is authorised: what of it does not pass counts as your mail at risk."
        case "reject":
            return "\(name) is rejected: what of it does not pass is mail that shall fail."
        case "owner":
            guard let owner = event.after.owner else { return "Nobody answers for \(name) now." }
            return "\(ForeignText.clean(owner, limit: 60)) answers for \(name)."
        case "note": return "The note about \(name) is kept."
        case "undo":
            return "Undone: \(name) is as it was before"
                + (event.after.verdict.map { ", \($0.rawValue)" } ?? "") + "."
        default: return "Done."
        }
    }
}
