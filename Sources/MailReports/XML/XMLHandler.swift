/// Bytes of a name or a text while they are looked at; never kept.
public typealias XMLBytes = UnsafeBufferPointer<UInt8>

/// Receives the parts of a document from an `XMLReader`, in the order of the document.
///
/// Names and texts are UTF-8 that may be invalid: `XMLText` reads them into strings.
public protocol XMLHandler {
    /// An attribute of the element that is opened next; `name` still has its prefix, and
    /// references in `value` are not resolved.
    mutating func attribute(name: XMLBytes, value: XMLBytes) throws(XMLFailure)
    /// An element begins. `prefix` is empty where none was sent.
    mutating func open(prefix: XMLBytes, name: XMLBytes) throws(XMLFailure) -> XMLOpening
    /// A piece of text; the text of an element may come in any number of pieces.
    mutating func text(_ bytes: XMLBytes)
    /// The innermost open element ends.
    mutating func close(_ manner: XMLClosing) throws(XMLFailure)
    /// Whether an end tag without its start tag is one of a wrapper that `open` called transparent.
    func isTransparent(prefix: XMLBytes, name: XMLBytes) -> Bool
    /// The document departs from XML at a byte offset and was read all the same.
    mutating func depart(
        _ code: Repair.Code, _ weight: Repair.Weight, at offset: Int, _ detail: String)
}

/// What a handler makes of an element that begins.
public enum XMLOpening: Sendable {
    /// It is open until its end tag.
    case push
    /// Only its tags are taken away, as if they had not been sent.
    case transparent
    /// So many open elements lack their end tags, and the element belongs after them.
    case closeFirst(Int)
}

/// How an element came to its end.
public enum XMLClosing: Sendable {
    /// By its own end tag.
    case tag
    /// Its end tag is missing: an outer element ended, or one began that cannot be inside.
    case implied
    /// The document stopped.
    case endOfDocument
}

/// Why reading stopped for good.
public struct XMLFailure: Error, Hashable, Sendable {
    public var code: ReportRefusal.Code
    public var offset: Int?
    public var explanation: String

    public init(_ code: ReportRefusal.Code, at offset: Int? = nil, _ explanation: String) {
        self.code = code
        self.offset = offset
        self.explanation = explanation
    }
}
