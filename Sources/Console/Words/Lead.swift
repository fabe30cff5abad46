import DomainAnalysis
import Storage

/// The sentences with which pages begin. Each is a list of pieces, so that a figure can link to
/// what it counts.
enum Words {
    /// A piece of a sentence: `piece`, and `to` where it is a link, `fate` where it has a sign.
    static func piece(_ text: String, to link: String? = nil, strong: Bool = false) -> Fields {
        ["piece": .text(text), "to": .optional(link), "isStrong": .flag(strong && link == nil)]
    }

    static func lead(_ portfolio: Portfolio) -> [Fields] {
        let counts = portfolio.counts
        let domains = portfolio.domains
        guard counts.total > 0 else {
            return [
                piece(
                    "No receiver reported any mail sent as your "
                        + "\(Numbers.counted(domains.count, "domain", "domains")) in these days.")
            ]
        }
        var pieces = [
            piece(
                Numbers.capitalised(Numbers.share(counts[.proved], of: counts.total)),
                strong: true),
            piece(
                " of the \(Numbers.spoken(counts.total)) messages that receivers reported as sent "
                    + (domains.count == 1
                        ? "from your domain " : "from your \(domains.count) domains ")
                    + "were proved yours. "),
        ]
        let forged = counts[.forged]
        if forged > 0 {
            let attacked = domains.filter { $0.counts[.forged] > 0 }.count
            pieces.append(piece("Somebody else sent "))
            pieces.append(piece(Numbers.spoken(forged), strong: true))
            pieces.append(
                piece(
                    " in your name"
                        + (domains.count > 1
                            ? ", against \(Numbers.counted(attacked, "domain", "domains")). "
                            : ". ")
                ))
        } else {
            pieces.append(piece("Nobody was seen sending in your name. "))
        }
        let senders = domains.reduce(0) { $0 + $1.undecidedSenders }
        let open = domains.filter { $0.undecidedSenders > 0 }.count
        if senders > 0 {
            pieces.append(
                piece(Numbers.counted(senders, "sender", "senders"), to: "#domains"))
            pieces.append(
                piece(
                    (senders == 1 ? " needs" : " need") + " your decision"
                        + (domains.count > 1
                            ? ", in \(Numbers.counted(open, "domain", "domains"))." : ".")))
        } else {
            pieces.append(piece("Nothing needs a decision from you."))
        }
        return pieces
    }

    static func lead(_ overview: DomainOverview, name: String) -> [Fields] {
        let counts = overview.counts
        guard counts.total > 0 else {
            return [piece("No receiver reported any mail sent as \(name) in these days.")]
        }
        var pieces = [
            piece(
                Numbers.capitalised(Numbers.share(counts[.proved], of: counts.total)),
                strong: true),
            piece(
                " of the \(Numbers.spoken(counts.total)) messages that receivers reported as sent "
                    + "from \(name) were proved yours. "),
        ]
        let open = overview.undecidedSenders
        if open > 0 {
            pieces.append(piece(Numbers.counted(open, "sender", "senders"), to: "#senders"))
            let daily = perDay(overview.undecidedMessages, days: overview.days.count)
            pieces.append(
                piece(" (\(daily)) " + (open == 1 ? "needs" : "need") + " your decision. "))
        } else {
            pieces.append(piece("No sender needs a decision. "))
        }
        let forged = counts[.forged]
        if forged > 0 {
            pieces.append(piece(Numbers.share(forged, of: counts.total), strong: true))
            pieces.append(
                piece(" was forged: \(Numbers.spoken(forged)) messages in your name."))
            if let fate = fateOfForged(overview) { pieces.append(piece(" " + fate)) }
        } else {
            pieces.append(piece("Nobody was seen sending in your name."))
        }
        return pieces
    }

    /// What receivers did with the forged mail; nil where the sums of its senders hold other mail
    /// too.
    private static func fateOfForged(_ overview: DomainOverview) -> String? {
        let forgers = overview.senders.filter { $0.counts[.forged] > 0 }
        guard overview.otherCounts[.forged] == 0,
            forgers.allSatisfy({ $0.counts[.forged] == $0.counts.total })
        else { return nil }
        let forged = overview.counts[.forged]
        let refused = forgers.reduce(Int64(0)) { ClassCounts.sum($0, $1.rejected) }
        let stopped = forgers.reduce(refused) { ClassCounts.sum($0, $1.quarantined) }
        if refused >= forged { return "Receivers refused all of it." }
        if stopped >= forged { return "Receivers refused all of it or put it aside." }
        if stopped == 0 { return "Receivers let all of it through." }
        return "Receivers refused \(Numbers.share(stopped, of: forged)) of it or put it aside."
    }

    static func perDay(_ messages: Int64, days: Int) -> String {
        let daily = Double(messages) / Double(max(1, days))
        if daily < 1 { return "less than a message a day" }
        return "\(Numbers.spoken(Int64(daily.rounded()))) messages a day"
    }
}
