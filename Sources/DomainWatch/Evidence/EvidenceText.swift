import DomainAnalysis
import Identities
import MailReports
import Storage

/// The words of an evidence pack.
enum EvidenceText {
    // MARK: Figures

    /// `1,204,330`.
    static func grouped(_ value: Int64) -> String {
        let digits = Array(String(value.magnitude))
        var result = value < 0 ? "−" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { result.append(",") }
            result.append(digit)
        }
        return result
    }

    static func counted(_ count: Int64, _ one: String, _ many: String) -> String {
        "\(grouped(count)) \(count == 1 ? one : many)"
    }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// `14 Nov 2025`.
    static func day(_ day: UTCDay) -> String {
        let (year, month, number) = day.civil
        return "\(number) \(months[month - 1]) \(year)"
    }

    /// `1 Oct to 30 Nov 2025`, `30 Dec 2024 to 2 Jan 2025`.
    static func days(_ days: DayRange) -> String {
        if days.first == days.last { return day(days.first) }
        let (first, last) = (days.first.civil, days.last.civil)
        if first.year != last.year { return "\(day(days.first)) to \(day(days.last))" }
        return "\(first.day) \(months[first.month - 1]) to \(day(days.last))"
    }

    /// `2026-11-22 05:25 UTC`.
    static func instant(_ seconds: Int64) -> String {
        let (date, hour, minute, _) = parts(seconds)
        return "\(date) \(two(hour)):\(two(minute)) UTC"
    }

    /// `2026-11-22T05:25:07Z`.
    static func machine(_ seconds: Int64) -> String {
        let (date, hour, minute, second) = parts(seconds)
        return "\(date)T\(two(hour)):\(two(minute)):\(two(second))Z"
    }

    private static func parts(_ seconds: Int64) -> (UTCDay, Int64, Int64, Int64) {
        // Whatever a clock says, a calendar has it.
        let bounded = min(max(seconds, 0), 250_000_000_000)
        let date = UTCDay(secondsSinceEpoch: bounded)
        let rest = bounded - date.firstSecond
        return (date, rest / 3_600, rest / 60 % 60, rest % 60)
    }

    private static func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }

    // MARK: Names

    /// A text from outside, as one line.
    static func clean(_ text: String) -> String { SafeText.line(text, limit: Limits.cell) }

    /// A name with its own letters, and in ASCII where that differs.
    static func domain(_ domain: DomainName) -> String {
        let unicode = domain.unicode
        return unicode == domain.text ? domain.text : clean("\(unicode) (\(domain.text))")
    }

    // MARK: Policies

    static func policy(_ observed: ObservedPolicy?) -> String {
        guard let policy = observed?.policy else { return "not seen" }
        guard let wish = policy.policy else { return "no policy" }
        var words =
            switch wish {
            case "reject": "reject"
            case "quarantine": "quarantine"
            case "none": "none (only watching)"
            default: clean(wish)
            }
        if let percentage = policy.percentage, percentage < 100 {
            words += " for \(percentage) %"
        }
        if policy.testing == true { words += " (being tested)" }
        if let below = policy.subdomainPolicy, below != wish {
            words += "; below it " + clean(below)
        }
        return words
    }

    /// Whether receivers are asked to refuse all forged mail of the domain.
    static func rejects(_ observed: ObservedPolicy?) -> Bool {
        guard let policy = observed?.policy else { return false }
        return policy.policy == "reject" && policy.testing != true
            && (policy.percentage ?? 100) >= 100
    }

    // MARK: Senders

    static func what(_ sender: EvidenceFacts.OpenSender) -> String {
        let counts = sender.counts
        if counts.misconfigured >= counts.unknown {
            return "Yours, and not proved. " + clean(sender.reason)
        }
        return "Not decided. " + clean(sender.reason)
    }

    // MARK: Sentences

    static func summary(_ pack: EvidencePack) -> String {
        let count = Int64(pack.domains.count)
        let domains = counted(count, "domain", "domains")
        let mail = pack.now.mail
        guard mail.counts.total > 0 else {
            return "From \(days(pack.now.days)) no receiver reported any mail in the name of "
                + "\(domains)."
        }
        var text =
            "From \(days(pack.now.days)), \(mail.unauthorised.words) of the mail sent in the name "
            + "of \(domains) was unauthorised"
        if let before = pack.before, before.mail.counts.total > 0 {
            text += ", against \(before.mail.unauthorised.words) from \(days(before.days))"
        }
        text += "."
        if mail.counts.unauthorised > 0 {
            text += " Receivers refused or put aside \(mail.stopped.words) of it."
        }
        let rejecting = Int64(pack.now.rejectingDomains)
        if count == 1 {
            text +=
                rejecting == 1
                ? " The domain asks receivers to refuse all of it."
                : " The domain does not ask receivers to refuse it yet."
        } else {
            text +=
                rejecting == count
                ? " All \(grouped(count)) domains ask receivers to refuse it."
                : " \(grouped(rejecting)) of \(grouped(count)) domains "
                    + (rejecting == 1 ? "asks" : "ask") + " receivers to refuse it."
        }
        return text
    }

    /// What the figures rest on.
    static func basis(_ period: EvidencePack.Period) -> String {
        "\(days(period.days)): \(counted(period.mail.counts.total, "message", "messages")) in "
            + "\(counted(period.reports, "report", "reports")) of "
            + counted(Int64(period.reporters), "receiver", "receivers")
    }
}
