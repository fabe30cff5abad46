public import DomainAnalysis

/// When a sender asks for a person's decision: the one rule, for every page and count.
extension ClassCounts {
    /// One message in so many (5 %) has to be undecided before its sender asks for a decision;
    /// below that it is the noise of broken forwarding, and a person's time is better spent
    /// elsewhere.
    public static let undecidedOneIn: Int64 = 20

    public var needsDecision: Bool {
        let undecided = self[.undecided]
        // Divided, not multiplied: counts may lie at the end of 64 bits.
        let (share, rest) = total.quotientAndRemainder(dividingBy: Self.undecidedOneIn)
        return undecided > 0 && undecided >= share + (rest == 0 ? 0 : 1)
    }

    /// The state with the most messages; proved when there are none.
    public var largestFate: SourceClass.Fate {
        var best = SourceClass.Fate.proved
        for fate in SourceClass.Fate.allCases where self[fate] > self[best] { best = fate }
        return best
    }

    /// The state that a sender with these counts is shown with.
    public var state: SourceClass.Fate { needsDecision ? .undecided : largestFate }
}

extension SenderVolume {
    /// The state that the sender's sign shows.
    public var state: SourceClass.Fate { counts.state }

    /// Whether a person has to decide about it.
    public var needsDecision: Bool { decision?.verdict == nil && counts.needsDecision }

    /// Its part of the domain's picture.
    public var group: SenderGroup {
        switch (decision?.verdict, state) {
        case (.authorised, _): .legitimate
        case (.rejected, _): .spoofing
        case (nil, .proved): .legitimate
        case (nil, .forwarded): .forwarding
        case (nil, .forged): .spoofing
        case (nil, .undecided): serviceID != nil || key.hasPrefix("own:") ? .known : .unknown
        }
    }
}
