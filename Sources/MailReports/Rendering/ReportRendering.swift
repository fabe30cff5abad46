/// How reports are written out.
public struct ReportRendering: Hashable, Sendable {
    /// Colours and weights for terminals (ECMA-48).
    public var isColoured = false
    /// Local parts of addresses, subjects, and the like; without it they are hidden.
    public var showsPersonalData = false
    /// Rows of one report that are shown to people, largest first; the rest is added up.
    public var rows = 50

    public init(isColoured: Bool = false, showsPersonalData: Bool = false, rows: Int = 50) {
        self.isColoured = isColoured
        self.showsPersonalData = showsPersonalData
        self.rows = rows
    }

    /// Foreign text as it may be shown: one line, and no local parts unless asked for.
    func shown(_ text: String) -> String {
        SafeText.line(showsPersonalData ? text : Redaction.hideLocalParts(text))
    }
}

extension AggregateRecord {
    /// DMARC passes when either mechanism passed with an aligned identifier (RFC 9989 §4.4).
    var isAuthenticated: Bool { dkimEvaluated == "pass" || spfEvaluated == "pass" }
}
