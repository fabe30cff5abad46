/// The repairs of one report, one entry for each code and weight: the first place and how often.
struct RepairLog: Sendable {
    private(set) var repairs: [Repair] = []
    let limit: Int

    init(limit: Int) { self.limit = limit }

    /// Counts one more of a kind that was met before; false when it is the first.
    @inline(__always)
    mutating func count(again code: Repair.Code, _ weight: Repair.Weight) -> Bool {
        for index in repairs.indices
        where repairs[index].code == code && repairs[index].weight == weight {
            repairs[index].occurrences += 1
            return true
        }
        return false
    }

    /// Adds the first repair of its kind.
    mutating func add(
        _ code: Repair.Code, _ weight: Repair.Weight, at location: String, _ detail: String
    ) {
        guard repairs.count < limit else { return }
        repairs.append(Repair(code, weight, at: location, detail))
    }
}
