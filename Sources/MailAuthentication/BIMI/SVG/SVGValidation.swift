/// What the examination of a logo found.
public struct SVGValidation: Hashable, Sendable {
    /// What keeps the logo from being valid, in the order of the file.
    public var violations: [SVGViolation]
    /// What the profile allows and some receivers do not like.
    public var advice: [SVGViolation]
    /// Whether there are more violations than are named.
    public var hasMore: Bool
    /// The text of the `title` element; nil without one.
    public var title: String?
    /// Elements in the file.
    public var elementCount: Int

    public init(
        violations: [SVGViolation] = [], advice: [SVGViolation] = [], hasMore: Bool = false,
        title: String? = nil, elementCount: Int = 0
    ) {
        self.violations = violations
        self.advice = advice
        self.hasMore = hasMore
        self.title = title
        self.elementCount = elementCount
    }

    /// Whether the logo may be shown.
    public var isValid: Bool { violations.isEmpty }

    /// The first violation as one plain sentence; nil for a valid logo.
    public var problem: String? {
        guard let first = violations.first else { return nil }
        let others = violations.count - 1
        guard others > 0 else { return first.reason }
        return first.reason
            + " There \(others == 1 ? "is 1 more problem" : "are \(others) more problems")."
    }
}
