/// Collects repairs in bounded space: one entry for each kind, with the first place and a count.
struct RepairTally {
    private(set) var repairs: [Repair] = []

    /// Different entries that are kept; later ones count with the entry of the same code.
    static let limit = 64

    mutating func add(
        _ code: Repair.Code, _ weight: Repair.Weight, at location: String, _ detail: String,
        occurrences: Int = 1
    ) {
        let same = repairs.firstIndex {
            $0.code == code && $0.weight == weight && $0.detail == detail
        }
        let alike = repairs.count < Self.limit ? nil : repairs.firstIndex { $0.code == code }
        if let index = same ?? alike {
            repairs[index].occurrences &+= occurrences
        } else if repairs.count < Self.limit {
            repairs.append(Repair(code, weight, at: location, detail, occurrences: occurrences))
        }
    }
}
