/// The hashes of one message's body that one check asks for, each worked out once however many
/// signatures ask for it.
struct BodyHashCache {
    private let reading: MessageReading
    private var asked: [BodyHashKind] = []

    init(_ reading: MessageReading) {
        self.reading = reading
    }

    /// Nil when `Limits.dkimBodyReadings` different hashes were asked for already: with `l=` an
    /// attacker could ask for a different one in every signature.
    mutating func hash(
        _ form: Canonicalization, _ hash: HashAlgorithm, limit: Int?
    ) -> BodyHash? {
        let kind = BodyHashKind(form: form, hash: hash, limit: limit)
        if !asked.contains(kind) {
            guard asked.count < Limits.dkimBodyReadings else { return nil }
            asked.append(kind)
        }
        return reading.bodyHash(kind)
    }
}

/// What a signature wants to know of a body.
struct BodyHashKind: Hashable {
    let form: Canonicalization
    let hash: HashAlgorithm
    let limit: Int?
}
