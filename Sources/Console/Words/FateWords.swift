import DomainAnalysis

/// The four states that people see: a sign, a word, a class for its colour; never colour alone.
extension SourceClass.Fate {
    /// Order of a picture's layers, from the bottom up, and of every list of states.
    static let shownOrder: [SourceClass.Fate] = [.proved, .undecided, .forwarded, .forged]

    var sign: String {
        switch self {
        case .proved: "●"
        case .undecided: "◐"
        case .forwarded: "↪"
        case .forged: "✕"
        }
    }

    var word: String {
        switch self {
        case .proved: "proved yours"
        case .undecided: "to decide"
        case .forwarded: "forwarded"
        case .forged: "forged"
        }
    }

    var capitalWord: String {
        switch self {
        case .proved: "Proved yours"
        case .undecided: "To decide"
        case .forwarded: "Forwarded"
        case .forged: "Forged"
        }
    }

    /// The anchor of its entry in the glossary.
    var term: String { rawValue }

    var explanation: String {
        switch self {
        case .proved: "carries a proof (DKIM or SPF) that matches your domain"
        case .undecided: "may be yours, and carries no matching proof yet"
        case .forwarded: "was yours, and lost its proof when somebody passed it on"
        case .forged: "was sent in your name by servers that nothing ties to you"
        }
    }

    /// Fields for the template `fate`.
    var fields: Fields {
        ["fate": .text(rawValue), "sign": .text(sign), "fateWord": .text(capitalWord)]
    }
}
