/// Makes an aggregate report of the parts of its document: one pass, no record kept longer than
/// until it is handed over.
struct AggregateReportReader: XMLHandler, Sendable {
    let limits: ReportLimits
    var report = AggregateReport()
    /// Records that are complete and not handed over yet.
    var pending: [AggregateRecord] = []
    var repairs: RepairLog

    // The open elements: the innermost, and those around it.
    private(set) var context = AggregateContext.document
    private var outer: [AggregateContext]
    private var depth = 0

    // The text of the open element.
    private var text: [UInt8]
    private var textCount = 0
    private var isCollecting = false
    private var isTextCut = false
    /// Whether text was met since the last tag where none belongs.
    private var hasStrayText = false
    private var strings = TextCache()
    var names = NameCache()

    // The record that is being read; what it lacks is seen by what stays nil or false.
    var record = AggregateRecord()
    var recordNumber = 0
    var count: ForeignNumber?
    var hasDisposition = false
    var hasEvaluatedDKIM = false
    var hasEvaluatedSPF = false
    var dkim: [AggregateRecord.DKIMAuthenticationResult] = []
    var spf: [AggregateRecord.SPFAuthenticationResult] = []
    /// The DKIM or SPF result, or the reason, that is being read.
    var domain = ""
    var qualifier: String?
    var result: String?
    var humanResult: String?
    var reasonType: String?
    var reasonComment: String?

    // What is remembered across the document.
    var namespaces: ReportNamespaces
    var begin: Int64?
    var end: Int64?
    var skippedRecords = 0
    var policyCount = 0
    var has9990Element = false
    /// The name that all records speak of; nil before the first, empty when they differ.
    var commonHeaderFrom: String?

    init(limits: ReportLimits) {
        self.limits = limits
        repairs = RepairLog(limit: limits.repairs)
        outer = Array(repeating: .document, count: limits.depth + 2)
        text = Array(repeating: 0, count: min(512, limits.textBytes))
        namespaces = ReportNamespaces(limit: limits.prefixes)
    }

    /// Where the reader stands, for people: `record[3]/auth_results/spf/result`.
    func location(_ context: AggregateContext) -> String {
        switch context {
        case .record: "record[\(recordNumber)]"
        default:
            context.isInRecord ? "record[\(recordNumber)]/\(context.path)" : context.path
        }
    }

    mutating func note(
        _ code: Repair.Code, _ weight: Repair.Weight = .note, at context: AggregateContext,
        _ detail: @autoclosure () -> String
    ) {
        if repairs.count(again: code, weight) { return }
        repairs.add(code, weight, at: location(context), detail())
    }

    // MARK: Elements

    mutating func attribute(name: XMLBytes, value: XMLBytes) {
        namespaces.declare(name: name, value: value, isRoot: depth == 0)
    }

    @inline(__always)
    mutating func open(prefix: XMLBytes, name: XMLBytes) throws(XMLFailure) -> XMLOpening {
        if context.isOpaque {
            enter(context)
            return .push
        }
        if !prefix.isEmpty, let opening = openPrefixed(prefix, name) { return opening }
        let element = AggregateElement(name)
        guard let inner = context.entering(element) else { return try openMisplaced(name) }
        enter(inner)
        switch inner {
        case .identifiers where element == .identities:
            note(.identitiesElement, at: .identifiers, "“identities” was read as “identifiers”.")
        case .record:
            recordNumber += 1
            guard recordNumber <= limits.records else {
                throw XMLFailure(
                    .tooLarge, "The report has more than \(limits.records) records.")
            }
        case .policy: policyCount += 1
        case .dateRange: checkMetadataOrder()
        default: break
        }
        return .push
    }

    @inline(__always)
    private mutating func enter(_ inner: AggregateContext) {
        outer[depth] = context
        depth += 1
        context = inner
        isCollecting = inner.collectsText
        hasStrayText = false
        if isCollecting { textCount = 0 }
    }

    @inline(__always)
    mutating func text(_ bytes: XMLBytes) {
        if isCollecting {
            if bytes.count > text.count - textCount { growText(bytes.count) }
            let room = min(bytes.count, text.count - textCount)
            let start = textCount
            text.withUnsafeMutableBufferPointer { kept in
                for index in 0..<room { kept[start &+ index] = bytes[index] }
            }
            textCount = start + room
        } else if !hasStrayText, !context.isOpaque {
            for byte in bytes where byte > 0x20 { return noteStrayText() }
        }
    }

    private mutating func growText(_ count: Int) {
        let wanted = min(limits.textBytes, max(2 * text.count, textCount + count))
        text.append(contentsOf: repeatElement(0, count: max(0, wanted - text.count)))
        if count > text.count - textCount { isTextCut = true }
    }

    private mutating func noteStrayText() {
        hasStrayText = true
        note(.strayMarkup, at: context, "Text between elements was left out.")
    }

    @inline(__always)
    mutating func close(_ manner: XMLClosing) throws(XMLFailure) {
        let closed = context
        depth = max(0, depth - 1)
        context = outer[depth]
        isCollecting = context.collectsText
        hasStrayText = false
        if isTextCut { noteCutText(closed) }
        // Of an element in whose middle the document stops the value is not known.
        if case .endOfDocument = manner, closed != .record { return }
        take(closed, manner)
    }

    private mutating func noteCutText(_ closed: AggregateContext) {
        isTextCut = false
        note(
            .excessDropped, .repair, at: closed,
            "A text is longer than we keep; the rest was left out.")
    }

    // MARK: Elements out of their place

    /// Foreign namespaces, wrappers of schemas and prefixes that nobody declared; nil for an
    /// element of the report.
    private mutating func openPrefixed(_ prefix: XMLBytes, _ name: XMLBytes) -> XMLOpening? {
        if isTransparent(prefix: prefix, name: name) {
            note(
                .strayMarkup, .repair, at: context,
                "The report is wrapped in the beginning of a schema, which was left out.")
            return .transparent
        }
        switch namespaces.meaning(of: prefix, isRoot: depth == 0) {
        case .report: return nil
        case .foreign:
            enter(.extension)
            return .push
        case .undeclared:
            note(
                .undeclaredPrefix, .repair, at: context,
                "A namespace prefix is not declared; the names were read without it.")
            return nil
        }
    }

    mutating func openMisplaced(_ name: XMLBytes) throws(XMLFailure) -> XMLOpening {
        if depth == 0 { return try openRoot(name) }
        let lower = name.map { $0 &- 0x41 < 26 ? $0 | 0x20 : $0 }
        let element = lower.withUnsafeBufferPointer { AggregateElement($0) }
        if let inner = context.entering(element) {
            note(.letterCase, at: inner, "An element's name has capital letters.")
            enter(inner)
            if inner == .record { recordNumber += 1 }
            if inner == .policy { policyCount += 1 }
            return .push
        }
        // An element that belongs further out: what is open between lacks its end tags.
        if element != .unknown, element != .extension, element != .obsolete {
            var level = depth - 1
            while level >= 1, !outer[level].isOpaque {
                if outer[level].entering(element) != nil { return .closeFirst(depth - level) }
                level -= 1
            }
        }
        note(
            .unknownElement, at: context,
            "An element that reports do not have was left out: \(Self.shown(name)).")
        enter(.unknown)
        return .push
    }

    private mutating func openRoot(_ name: XMLBytes) throws(XMLFailure) -> XMLOpening {
        let lower = name.map { $0 &- 0x41 < 26 ? $0 | 0x20 : $0 }
        guard lower.elementsEqual("feedback".utf8) else {
            throw XMLFailure(
                .notAReport,
                "The document begins with <\(Self.shown(name))>, not with <feedback>, "
                    + "so it is no DMARC aggregate report.")
        }
        note(.letterCase, at: .feedback, "An element's name has capital letters.")
        enter(.feedback)
        return .push
    }

    func isTransparent(prefix: XMLBytes, name: XMLBytes) -> Bool {
        !prefix.isEmpty && XMLText.isSame(name, "schema")
    }

    mutating func depart(
        _ code: Repair.Code, _ weight: Repair.Weight, at offset: Int, _ detail: String
    ) {
        if repairs.count(again: code, weight) { return }
        repairs.add(code, weight, at: "byte \(offset)", detail)
    }

    // MARK: Texts

    /// The text of the element that was closed, without blanks around it; empty when it has none.
    @inline(__always)
    mutating func string(_ context: AggregateContext) -> String {
        withText { (self, bytes) in
            var bits: UInt8 = 0
            var hasControl = false
            for byte in bytes {
                bits |= byte
                if byte < 0x20 { hasControl = true }
            }
            if bits >= 0x80 || hasControl { return self.unusualString(bytes, context) }
            return self.strings.string(bytes)
        }
    }

    private mutating func unusualString(_ bytes: XMLBytes, _ context: AggregateContext) -> String {
        let (string, departure) = XMLText.string(bytes)
        switch departure {
        case .controlCharacter:
            note(
                .controlCharacter, .repair, at: context,
                "A character that no text may hold was read as U+FFFD.")
        case .some(let code):
            note(code, at: context, "Bytes that are not UTF-8 were read as U+FFFD.")
        case nil: break
        }
        return string
    }

    /// Looks at the text of the element that was closed, without the blanks around it.
    @inline(__always)
    mutating func withText<Result>(_ body: (inout Self, XMLBytes) -> Result) -> Result {
        let kept = text
        return kept.withUnsafeBufferPointer { bytes in
            body(&self, XMLText.trimmed(XMLBytes(rebasing: bytes[0..<textCount])))
        }
    }

    /// A name or a text of foreign bytes, short and harmless, for a sentence.
    static func shown(_ bytes: XMLBytes) -> String {
        String(
            decoding: bytes.prefix(40).map { $0 > 0x20 && $0 < 0x7F ? $0 : UInt8(ascii: "?") },
            as: UTF8.self)
    }
}
