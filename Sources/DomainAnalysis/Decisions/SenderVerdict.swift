/// What a person decided about one sender of one domain.
///
/// The decision changes what the sender's mail counts as, never what was seen of it: proved mail
/// stays proved, forwarded mail stays forwarded.
public enum SenderVerdict: String, CaseIterable, Sendable, Codable {
    /// It sends for the domain's owner: what does not pass of it is legitimate mail at risk.
    case authorised
    /// It does not: what does not pass of it is mail that shall fail.
    case rejected
}

extension SourceClass {
    /// What mail of this class counts as once a person has decided about its sender.
    public func decided(_ verdict: SenderVerdict?) -> SourceClass {
        switch (verdict, self) {
        case (.authorised, .unknown), (.authorised, .spoofing), (.authorised, .blocklisted):
            .misconfigured
        case (.rejected, .unknown), (.rejected, .misconfigured): .spoofing
        default: self
        }
    }

    /// The classes that a decision moves, for questions to a store.
    public static func moved(by verdict: SenderVerdict) -> [SourceClass] {
        allCases.filter { $0.decided(verdict) != $0 }
    }
}

/// The five parts of a domain's picture, in the order in which they are shown.
public enum SenderGroup: String, CaseIterable, Sendable, Codable {
    /// Authorised by a person, or proved by what the domain's own DNS says.
    case legitimate
    /// A service that we recognise, or the owner's own servers, about which nobody has decided.
    case known
    case forwarding
    /// Forged, or rejected by a person.
    case spoofing
    /// Nothing names it well enough.
    case unknown
}
