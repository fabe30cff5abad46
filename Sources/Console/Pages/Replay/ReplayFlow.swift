import DomainAnalysis
import Identities
import Storage

/// Senders by what a record would do with their mail: the picture, and the table behind it.
struct ReplayFlow {
    private struct Key: Hashable {
        var sender: String
        var fate: SourceClass.Fate
    }

    private struct Sum {
        var key: String
        var name: String
        var fate: SourceClass.Fate
        /// Delivered, put aside, refused, not under this record or not known.
        var messages: [Int64] = [0, 0, 0, 0]
        var total: Int64 { messages.reduce(0, ClassCounts.sum) }
    }

    /// Largest first within a state; states in their usual order.
    private let sums: [Sum]

    init(_ result: ReplayResult) {
        var found: [Key: Sum] = [:]
        for row in result.rows {
            let fate = row.sourceClass.fate
            let key = Key(sender: row.senderKey, fate: fate)
            var sum = found[key] ?? Sum(key: row.senderKey, name: row.senderName, fate: fate)
            let column = Self.column(row.treewalk)
            sum.messages[column] = ClassCounts.sum(sum.messages[column], row.messages)
            found[key] = sum
        }
        let order = SourceClass.Fate.shownOrder
        sums = found.values.sorted { left, right in
            let places = (
                order.firstIndex(of: left.fate) ?? 0, order.firstIndex(of: right.fate) ?? 0
            )
            if places.0 != places.1 { return places.0 < places.1 }
            if left.total != right.total { return left.total > right.total }
            return left.key < right.key
        }
    }

    private static func column(_ outcome: ReplayOutcome) -> Int {
        switch outcome.disposition {
        case .none: 0
        case .quarantine: 1
        case .reject: 2
        case .notCovered, .undetermined: 3
        }
    }

    /// The largest senders of each state drawn by name, the rest of a state as one band.
    var chart: FlowChart {
        let named = Set(
            sums.sorted { $0.total > $1.total }.prefix(Limits.flowSenders).map {
                Key(sender: $0.key, fate: $0.fate)
            })
        var sources: [FlowChart.Source] = []
        for fate in SourceClass.Fate.shownOrder {
            let all = sums.filter { $0.fate == fate }
            var rest = all.filter { !named.contains(Key(sender: $0.key, fate: fate)) }
            // One left over is as well drawn by its name.
            if rest.count == 1 { rest = [] }
            let unnamed = Set(rest.map(\.key))
            for sum in all where !unnamed.contains(sum.key) {
                sources.append(.init(name: sum.name, fate: fate, messages: sum.messages))
            }
            if !rest.isEmpty {
                var messages = [Int64](repeating: 0, count: 4)
                for sum in rest {
                    for column in messages.indices {
                        messages[column] = ClassCounts.sum(messages[column], sum.messages[column])
                    }
                }
                sources.append(
                    .init(
                        name: Numbers.counted(rest.count, "other", "others"), fate: fate,
                        messages: messages))
            }
        }
        return FlowChart(
            sources: sources,
            outcomes: [
                .init(name: "delivered", style: "delivered"),
                .init(name: "put aside", style: "quarantined"),
                .init(name: "refused", style: "rejected"),
                .init(name: "not covered", style: "other"),
            ],
            label: "Bands from each sender to what would have happened to its mail. The figures "
                + "stand in the table behind the picture.")
    }

    func rows(domain: DomainName, choice: WindowChoice) -> [Fields] {
        sums.prefix(200).map { sum in
            sum.fate.fields.adding([
                "senderName": ForeignText.value(sum.name, limit: 40),
                "senderLink": Link("domains", domain.text, "senders", sum.key).with(choice).value,
                "delivered": .number(sum.messages[0]),
                "putAside": .number(sum.messages[1]),
                "refused": .number(sum.messages[2]),
                "undecidedByIt": .number(sum.messages[3]),
            ])
        }
    }
}
