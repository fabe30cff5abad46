import DomainAnalysis

extension SourceClass {
    /// The number that stands for the class in tables; never changed once released.
    var code: Int64 {
        switch self {
        case .compliant: 1
        case .misconfigured: 2
        case .forwarded: 3
        case .blocklisted: 4
        case .spoofing: 5
        case .unknown: 6
        }
    }

    init(code: Int64) {
        self = Self.allCases.first { $0.code == code } ?? .unknown
    }
}

/// What a receiver did with a message, as sums keep it.
enum Disposition: Int64 {
    case none = 0
    case quarantine = 1
    case reject = 2

    /// Unknown words count as none: nothing says that the message was held back.
    init(word: String) {
        switch word {
        case "quarantine": self = .quarantine
        case "reject": self = .reject
        default: self = .none
        }
    }

    var word: String {
        switch self {
        case .none: "none"
        case .quarantine: "quarantine"
        case .reject: "reject"
        }
    }
}
