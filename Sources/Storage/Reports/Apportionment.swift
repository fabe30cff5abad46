import MailReports

/// Which days a report's messages belong to.
///
/// A report of about a day belongs to the day that holds its middle: reporters cut days in their
/// own time zones. A longer one is spread over its days by the seconds that fall on each, and the
/// result is marked as an estimate.
struct Apportionment {
    /// Longest span, in seconds, that still counts as one day: a day, and an hour for a change
    /// of the clocks.
    static let oneDay: Int64 = 25 * 3_600
    /// Most days a report is spread over; a longer one is put on its last day.
    static let mostDays = 400

    let days: [(day: UTCDay, seconds: Int64)]
    let isEstimated: Bool
    /// What rounding kept from each day so far: without it, a report of many single messages would
    /// fall on its first day alone.
    private var owed: [Double] = []

    init(begin: Int64, end: Int64) {
        let last = max(begin, end)
        let first = UTCDay(secondsSinceEpoch: begin)
        // Reporters write an exclusive end as midnight: that second is not a day of its own.
        let final = UTCDay(secondsSinceEpoch: max(begin, last - 1))
        guard last - begin > Self.oneDay else {
            self.days = [(UTCDay(secondsSinceEpoch: begin + (last - begin) / 2), 1)]
            self.isEstimated = false
            return
        }
        self.isEstimated = true
        guard final.number - first.number < Self.mostDays else {
            self.days = [(final, 1)]
            return
        }
        self.days = (first.number...final.number).map { number in
            let day = UTCDay(number: number)
            let from = max(begin, day.firstSecond)
            let until = min(last, day.firstSecond + 86_400)
            return (day, max(1, until - from))
        }
    }

    /// Splits a count so that the parts add up to it exactly (largest remainder first).
    mutating func split(_ messages: Int64) -> [Int64] {
        guard days.count > 1 else { return [messages] }
        if owed.isEmpty { owed = Array(repeating: 0, count: days.count) }
        let whole = days.reduce(0.0) { $0 + Double($1.seconds) }
        let fair = days.map { Double(messages) * Double($0.seconds) / whole }
        let exact = fair.indices.map { fair[$0] + owed[$0] }
        var parts = fair.map { Int64($0.rounded(.down)) }
        // Beyond 53 bits the parts are only nearly right, and may add up to more than 64 bits hold.
        let missing = max(0, messages - parts.reduce(0, ClassCounts.sum))
        let byRemainder = exact.indices.sorted {
            let (left, right) = (exact[$0] - Double(parts[$0]), exact[$1] - Double(parts[$1]))
            return left == right ? $0 < $1 : left > right
        }
        for index in byRemainder.prefix(Int(missing)) { parts[index] += 1 }
        for index in parts.indices { owed[index] += fair[index] - Double(parts[index]) }
        return parts
    }
}
