public import Identities

/// The three fields that one handler of a message added together (RFC 8617 §4.2).
public struct ARCSet: Sendable {
    /// From 1 for the first handler that sealed.
    public let instance: Int
    /// ARC-Authentication-Results: what the handler found when the message arrived.
    public let resultsField: RawField
    /// ARC-Message-Signature: the message as the handler let it go.
    public let messageSignatureField: RawField
    /// ARC-Seal: over this set and all sets before.
    public let sealField: RawField

    let seal: ARCSeal
    /// Only that of the newest set has to be a good one.
    let messageSignature: Result<ARCMessageSignature, ARCDefect>
    private let resultsStart: Int

    init(
        instance: Int, results: (field: RawField, start: Int),
        messageSignature: (field: RawField, tags: TagList), seal: ARCSeal
    ) {
        self.instance = instance
        resultsField = results.field
        resultsStart = results.start
        messageSignatureField = messageSignature.field
        do throws(ARCDefect) {
            self.messageSignature = .success(
                try ARCMessageSignature(
                    messageSignature.field, messageSignature.tags, instance: instance))
        } catch {
            self.messageSignature = .failure(error)
        }
        sealField = seal.signature.field
        self.seal = seal
    }

    /// Who sealed: `d=` of the ARC-Seal.
    public var sealer: DomainName { seal.signature.domain }

    /// What the sealer found about the chain before: `cv=`.
    public var chainStatus: ARCValidation.Result { seal.chainStatus }

    /// When the sealer says it sealed, in seconds since 1970.
    public var timestamp: Int64? { seal.signature.timestamp }

    /// What the handler found, as an Authentication-Results field carries it (RFC 8601 §2.2).
    public var results: String {
        let octets = resultsField.valueOctets[resultsStart...]
            .filter { $0 != Octet.carriageReturn && $0 != Octet.lineFeed }
        return String(decoding: TagList.trimmed(octets[...]), as: UTF8.self)
    }
}
