/// Writes reports as JSON, as they are read: memory does not grow with a report.
///
/// As one array (RFC 8259), each document is an object whose `kind` is `aggregate`, `tls`,
/// `failure` or `refused`, and whose `records` come before the facts that are only known at the
/// end. As lines, each record is an object of its own with `kind` `record`, followed by the object
/// of its report; `document` counts the documents from 1 and joins them. The records of a
/// document that ends as `refused` do not count.
public struct ReportJSONRenderer<Output: TextOutputStream>: ReportVisitor {
    public enum Layout: Hashable, Sendable { case array, lines }

    public var output: Output
    /// Documents that were begun, and that were refused.
    public private(set) var documents = 0
    public private(set) var refusals = 0

    private let layout: Layout
    private let json: ReportJSON
    private var path = ""
    private var records = 0

    public init(
        output: Output, layout: Layout, rendering: ReportRendering = ReportRendering()
    ) {
        self.output = output
        self.layout = layout
        self.json = ReportJSON(rendering: rendering)
    }

    public mutating func begin(path: String) throws {
        documents += 1
        records = 0
        self.path = path
        guard layout == .array else { return }
        var text = documents == 1 ? "[\n{" : ",\n{"
        JSONValue.renderMembers(head, into: &text)
        output.write(text)
    }

    public mutating func aggregateRecord(_ record: AggregateRecord) throws {
        records += 1
        let value = json.record(record)
        var text = ""
        if layout == .array {
            text = records == 1 ? ",\"records\":[\n" : ",\n"
            value.render(into: &text)
        } else {
            write([.init(name: "kind", value: .string("record"))], value, into: &text)
        }
        output.write(text)
    }

    public mutating func aggregateReport(_ report: AggregateReport) throws {
        end(json.report(report), hasRecords: true)
    }

    public mutating func tlsReport(_ report: TLSReport) throws { end(json.report(report)) }

    public mutating func failureReport(_ report: FailureReport) throws { end(json.report(report)) }

    public mutating func refused(_ refusal: ReportRefusal) throws {
        refusals += 1
        end(json.refusal(refusal))
    }

    /// Closes the array; call it once, at the very end.
    public mutating func finish() {
        if layout == .array { output.write(documents == 0 ? "[]\n" : "\n]\n") }
    }

    private var head: [JSONValue.Member] {
        [
            .init(name: "document", value: .integer(Int64(documents))),
            .init(name: "path", value: .string(path)),
        ]
    }

    private mutating func end(_ value: JSONValue, hasRecords: Bool = false) {
        var text = ""
        switch layout {
        case .lines: write([], value, into: &text)
        case .array:
            if records > 0 { text += "\n]" } else if hasRecords { text += ",\"records\":[]" }
            text += ","
            if case .object(let members) = value { JSONValue.renderMembers(members, into: &text) }
            text += "}"
        }
        output.write(text)
    }

    private func write(
        _ front: [JSONValue.Member], _ value: JSONValue, into text: inout String
    ) {
        guard case .object(let members) = value else { return }
        JSONValue.object(head + front + members).render(into: &text)
        text += "\n"
    }
}
