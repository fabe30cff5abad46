/// The hashes of one message's body, each worked out once however many signatures ask for it.
struct BodyHashCache {
    private struct Entry {
        let form: Canonicalization
        let hash: HashAlgorithm
        let limit: Int?
        let result: BodyHash
    }

    private let message: RawMessage
    private var entries: [Entry] = []

    init(_ message: RawMessage) {
        self.message = message
    }

    /// Nil when the body was read `Limits.dkimBodyReadings` times already: with `l=` an attacker
    /// could ask for a different hash in every signature.
    mutating func hash(
        _ form: Canonicalization, _ hash: HashAlgorithm, limit: Int?
    ) -> BodyHash? {
        for entry in entries
        where entry.form == form && entry.hash == hash && entry.limit == limit {
            return entry.result
        }
        guard entries.count < Limits.dkimBodyReadings else { return nil }
        let result = message.bodyHash(form, hash, limit: limit)
        entries.append(Entry(form: form, hash: hash, limit: limit, result: result))
        return result
    }
}
