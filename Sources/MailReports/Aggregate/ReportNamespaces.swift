/// The namespaces a report declares: which prefixes stand for the report's own elements.
struct ReportNamespaces: Sendable {
    enum Meaning { case report, foreign, undeclared }

    /// What the document element's namespace says about the specification it follows.
    enum Kind: Sendable { case none, rfc9990, legacy, unknown }

    private(set) var kind = Kind.none
    private var bindings: [(prefix: [UInt8], uri: [UInt8])] = []
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    /// Takes `xmlns` and `xmlns:…`; other attributes mean nothing to a report.
    mutating func declare(name: XMLBytes, value: XMLBytes, isRoot: Bool) {
        let uri = Array(XMLText.trimmed(value))
        if XMLText.isSame(name, "xmlns") {
            if isRoot { kind = Self.kind(of: uri) }
            return
        }
        guard name.count > 6, XMLText.isSame(XMLBytes(rebasing: name[0..<6]), "xmlns:"),
            bindings.count < limit
        else { return }
        bindings.append((Array(name[6...]), uri))
    }

    /// What a prefix stands for where it is used.
    mutating func meaning(of prefix: XMLBytes, isRoot: Bool) -> Meaning {
        guard let uri = bindings.last(where: { $0.prefix.elementsEqual(prefix) })?.uri else {
            return .undeclared
        }
        let kind = Self.kind(of: uri)
        if isRoot {
            self.kind = kind
            return .report
        }
        return kind == .rfc9990 || kind == .legacy ? .report : .foreign
    }

    private static func kind(of uri: [UInt8]) -> Kind {
        if uri.isEmpty { return .none }
        if uri.elementsEqual("urn:ietf:params:xml:ns:dmarc-2.0".utf8) { return .rfc9990 }
        if uri.elementsEqual("http://dmarc.org/dmarc-xml/0.1".utf8) { return .legacy }
        return .unknown
    }
}
