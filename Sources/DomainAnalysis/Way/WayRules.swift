import MailAuthentication

/// By which rules one domain goes on to reject by itself, and back: agreed by a person.
public struct WayRules: Hashable, Sendable, Codable {
    /// Days of watching before mail that fails is put aside.
    public var quarantineAfter: Int
    /// Days of that before it is refused.
    public var rejectAfter: Int
    /// Days for which each policy is tested with `t=y` first; 0 for no test.
    public var testDays: Int
    /// Hundredths of a percent: less legitimate mail than this may be at risk.
    public var share: Int
    /// Hundredths of a percent of one sender's own mail: the policy goes back when more fails.
    public var backShare: Int
    /// Whether weaker policies for names below the domain (`np`, `sp`) are raised as well.
    public var subdomains: Bool

    /// - Throws: `WayRulesError` for what is out of `WayLimits`.
    public init(
        quarantineAfter: Int = 14, rejectAfter: Int = 14, testDays: Int = 0, share: Int = 50,
        backShare: Int = 100, subdomains: Bool = false
    ) throws(WayRulesError) {
        for days in [quarantineAfter, rejectAfter] + (testDays == 0 ? [] : [testDays])
        where !WayLimits.days.contains(days) { throw .days(days) }
        for share in [share, backShare] where !WayLimits.share.contains(share) {
            throw .share(share)
        }
        self.quarantineAfter = quarantineAfter
        self.rejectAfter = rejectAfter
        self.testDays = testDays
        self.share = share
        self.backShare = backShare
        self.subdomains = subdomains
    }

    /// Rules of before subdomains had any say nothing of them.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        quarantineAfter = try values.decode(Int.self, forKey: .quarantineAfter)
        rejectAfter = try values.decode(Int.self, forKey: .rejectAfter)
        testDays = try values.decode(Int.self, forKey: .testDays)
        share = try values.decode(Int.self, forKey: .share)
        backShare = try values.decode(Int.self, forKey: .backShare)
        subdomains = try values.decodeIfPresent(Bool.self, forKey: .subdomains) ?? false
    }

    /// How long a step has to last before the next one.
    public func days(in step: WayStep) -> Int {
        switch step {
        case .none: quarantineAfter
        case .quarantine: rejectAfter
        case .quarantineTest, .rejectTest: max(1, testDays)
        case .reject: 0
        }
    }

    /// How long a domain has to stand where it does before a step: what names below it are asked
    /// waits as long as the same policy of the domain.
    public func days(before move: WayMove, in step: WayStep) -> Int {
        switch move {
        case .domain: days(in: step)
        case .below(let below): below.policy == .reject ? rejectAfter : quarantineAfter
        }
    }

    public var isTesting: Bool { testDays > 0 }

    public var sentence: String {
        let test =
            isTesting ? " Each policy is tested (t=y) for \(PlanNumbers.days(testDays)) first." : ""
        let below =
            subdomains
            ? " Weaker policies for names below it (np, then sp) are raised to the same, each "
                + "after as many days." : ""
        return "To quarantine after \(PlanNumbers.days(quarantineAfter)) with less than "
            + "\(Self.percent(share)) of legitimate mail at risk, then to reject after "
            + "\(PlanNumbers.days(rejectAfter)) more.\(test)\(below) Back when more than "
            + "\(Self.percent(backShare)) of a legitimate sender's mail starts to fail."
    }

    /// `0.5 %` of 50 hundredths.
    public static func percent(_ hundredths: Int) -> String {
        let (whole, rest) = (hundredths / 100, hundredths % 100)
        guard rest > 0 else { return "\(whole) %" }
        let digits = rest % 10 == 0 ? "\(rest / 10)" : (rest < 10 ? "0\(rest)" : "\(rest)")
        return "\(whole).\(digits) %"
    }

    /// Reads `0.5`, `0.5 %`, `1,25%`; nil for anything else.
    public static func hundredths(_ text: String) -> Int? {
        let plain = text.filter { !$0.isWhitespace && $0 != "%" }
        let parts = plain.split(
            separator: plain.contains(",") ? "," : ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let whole = Int(parts[0]), (0...100).contains(whole)
        else { return nil }
        var rest = 0
        if parts.count == 2 {
            guard (1...2).contains(parts[1].count), parts[1].utf8.allSatisfy({ 48...57 ~= $0 }),
                let digits = Int(parts[1])
            else { return nil }
            rest = parts[1].count == 1 ? digits * 10 : digits
        }
        let sum = whole * 100 + rest
        return WayLimits.share.contains(sum) ? sum : nil
    }
}

/// Rules that cannot hold.
public enum WayRulesError: Error, Hashable, Sendable, CustomStringConvertible {
    case days(Int)
    case share(Int)

    public var description: String {
        switch self {
        case .days(let days):
            "\(days) is no number of days to wait: from \(WayLimits.days.lowerBound) to "
                + "\(WayLimits.days.upperBound)."
        case .share(let share):
            "\(WayRules.percent(share)) is no share: from 0 to 100 %."
        }
    }
}
