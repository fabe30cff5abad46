import Identities

/// Whether later hops did what earlier ones asked for in `f=` (draft-ietf-dkim-dkim2-spec-04 §8.10,
/// §11.8).
struct DKIM2Requests: Sendable {
    let chain: DKIM2Chain

    /// What was done against a request; nil when nothing was.
    func violation() -> String? {
        if let asker = chain.signatures.first(where: { $0.flags.contains(.doNotModify) }),
            let instance = chain.instances.dropFirst(asker.instance).first(where: Self.isModified)
        {
            return "\(asker.domain) asked that the message not be changed, but "
                + "\(chain.maker(ofInstance: instance.number)?.text ?? "a later hop") changed it."
        }
        if let asker = chain.signatures.first(where: { $0.flags.contains(.doNotExplode) }),
            let other = chain.signatures.dropFirst(asker.sequence).first(where: {
                $0.flags.contains(.exploded)
            })
        {
            return "\(asker.domain) asked that the message go to one recipient only, but "
                + "\(other.domain) sent it to several."
        }
        return nil
    }

    /// Fields may be added; whatever else a recipe undoes is a change.
    private static func isModified(_ instance: MessageInstance) -> Bool {
        guard let recipe = instance.recipe else { return false }
        guard recipe.body == .unchanged else { return true }
        return recipe.fields.contains { name, steps in
            InstanceHeader.isHashed(Array(name.utf8))
                && steps.contains {
                    if case .text = $0 { true } else { false }
                }
        }
    }
}
