import Identities

/// What an ARC-Seal field says (RFC 8617 §4.1.3).
final class ARCSeal: Sendable {
    let signature: ARCSignature
    /// `cv=`: what its sealer found out about the sets before.
    let chainStatus: ARCValidation.Result

    init(_ field: RawField, _ tags: TagList, instance: Int) throws(ARCDefect) {
        // §4.1.3: what a seal covers is fixed, and whoever lists fields means something else.
        guard tags["h"] == nil else {
            throw ARCDefect("ARC-Seal \(instance) has the tag h=, which seals must not have.")
        }
        guard let status = tags["cv"] else {
            throw ARCDefect("ARC-Seal \(instance) does not say whether the chain held (cv=).")
        }
        if status.isEqual(to: "none") {
            chainStatus = .none
        } else if status.isEqual(to: "pass") {
            chainStatus = .pass
        } else if status.isEqual(to: "fail") {
            chainStatus = .fail
        } else {
            throw ARCDefect("ARC-Seal \(instance) has a cv= other than none, pass and fail.")
        }
        signature = try ARCSignature(
            field, tags, ARCFieldLabel(name: "ARC-Seal", instance: instance))
    }
}
