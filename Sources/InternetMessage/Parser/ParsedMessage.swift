/// A message taken apart: its octets, its parts, and all that was wrong with it.
///
/// Parsing never fails. What could not be read is still in `bytes`, and the reason in `defects`.
public struct ParsedMessage: Sendable {
    /// The message as it came.
    public let bytes: [UInt8]
    /// The outermost part: the message itself.
    public let root: BodyPart
    /// What was wrong, in the order in which it was met.
    public let defects: [Defect]
    /// What is left to spend on this message.
    public let budget: Budget

    /// The header fields of the message.
    public var headers: [HeaderField] { root.headers }

    /// The `Subject` as a person reads it.
    public var subject: String? { headers.first(named: "Subject")?.text }

    /// The mailboxes of the first `From` field.
    public var from: AddressList { headers.first(named: "From")?.addresses ?? AddressList() }

    /// The time of the first `Date` field.
    public var date: DateTime? { headers.first(named: "Date")?.date }

    /// The first identifier of the first `Message-ID` field.
    public var messageIdentifier: MessageIdentifier? {
        headers.first(named: "Message-ID")?.messageIdentifiers.first
    }

    /// Every part, the root first, parents before children; parts of embedded messages included.
    public var allParts: [BodyPart] { root.allParts }

    /// Whether a limit kept parts of the message from being read.
    public var isIncomplete: Bool { defects.contains { $0.code.isLimit } }

    /// Whether a defect of this kind was met.
    public func has(_ code: Defect.Code) -> Bool { defects.contains { $0.code == code } }
}
