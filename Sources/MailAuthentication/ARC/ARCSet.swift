public import Identities

/// The three fields that one handler of a message added together (RFC 8617 §4.2).
public struct ARCSet: Sendable {
    /// From 1 for the first handler that sealed.
    public let instance: Int
    /// ARC-Authentication-Results: what the handler found when the message arrived.
    public var resultsField: RawField { content.resultsField }
    /// ARC-Message-Signature: the message as the handler let it go.
    public var messageSignatureField: RawField { content.messageSignatureField }
    /// ARC-Seal: over this set and all sets before.
    public var sealField: RawField { seal.signature.field }

    let seal: ARCSeal
    private let content: Content

    /// Behind one reference, because sets are handed on more often than they are looked into.
    private final class Content: Sendable {
        let resultsField: RawField
        let resultsStart: Int
        let messageSignatureField: RawField
        let messageSignature: Result<ARCMessageSignature, ARCDefect>

        init(
            _ results: (field: RawField, start: Int), _ messageSignatureField: RawField,
            _ messageSignature: Result<ARCMessageSignature, ARCDefect>
        ) {
            resultsField = results.field
            resultsStart = results.start
            self.messageSignatureField = messageSignatureField
            self.messageSignature = messageSignature
        }
    }

    init(
        instance: Int, results: (field: RawField, start: Int),
        messageSignature: (field: RawField, tags: TagList), seal: ARCSeal
    ) {
        self.instance = instance
        self.seal = seal
        let read: Result<ARCMessageSignature, ARCDefect>
        do throws(ARCDefect) {
            read = .success(
                try ARCMessageSignature(
                    messageSignature.field, messageSignature.tags, instance: instance))
        } catch {
            read = .failure(error)
        }
        content = Content(results, messageSignature.field, read)
    }

    /// Only that of the newest set has to be a good one.
    var messageSignature: Result<ARCMessageSignature, ARCDefect> { content.messageSignature }

    /// Who sealed: `d=` of the ARC-Seal.
    public var sealer: DomainName { seal.signature.domain }

    /// What the sealer found about the chain before: `cv=`.
    public var chainStatus: ARCValidation.Result { seal.chainStatus }

    /// When the sealer says it sealed, in seconds since 1970.
    public var timestamp: Int64? { seal.signature.timestamp }

    /// What the handler found, as an Authentication-Results field carries it (RFC 8601 §2.2).
    public var results: String {
        let octets = resultsField.valueOctets[content.resultsStart...]
            .filter { $0 != Octet.carriageReturn && $0 != Octet.lineFeed }
        return String(decoding: TagList.trimmed(octets[...]), as: UTF8.self)
    }
}
