import ArgumentParser
import Spool

/// `sealgate balance`: the proof that no accepted mail was lost.
struct BalanceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "balance",
        abstract: "Proves for a day that all accepted mail was delivered, held, returned or waits.",
        discussion: """
            Every recipient of every message accepted on the day is accounted for, from a chain of \
            digests in which no change can be taken out or made up afterwards. Exit code 2: the sum \
            does not come out even, or the chain is broken.
            """)

    @OptionGroup var place: SpoolPlace
    @Argument(help: "The day in UTC, YYYY-MM-DD; today without it.") var day: String?
    @Option(help: "text or json") var format = OutputFormat.text

    func run() async throws {
        let reader = try await place.read()
        let (balance, chain) = (try reader.balance(try chosenDay()), try reader.verifyChain())
        if format == .json {
            try printJSON(Figures(balance, chain))
        } else {
            show(balance, chain)
        }
        guard balance.isBalanced, chain.isWhole else { throw ExitCode(2) }
    }

    private func chosenDay() throws -> UTCDay {
        guard let day else { return UTCDay(containing: milliseconds()) }
        guard let chosen = UTCDay(day) else {
            throw ValidationError("\"\(day)\" is no day: write YYYY-MM-DD.")
        }
        return chosen
    }

    private func show(_ balance: DayBalance, _ chain: ChainVerification) {
        func line(_ words: String, _ number: Int) {
            print("  \(words.padding(to: 34))\(leading(grouped(number), 12))")
        }
        print("Mail accepted on \(balance.day) (UTC), counted by recipient")
        line("accepted", balance.accepted)
        line("= delivered", balance.delivered)
        line("+ returned to its sender", balance.failed)
        line("+ held", balance.held)
        line("+ waiting", balance.queued)
        line("+ deleted by hand", balance.deleted)
        if balance.lost > 0 { line("+ LOST", balance.lost) }
        print("  in \(counted(balance.messages, "message"))")
        if balance.duplicateRisks > 0 {
            print(
                "  \(counted(balance.duplicateRisks, "delivery", "deliveries")) may have arrived "
                    + "twice: the connection broke before the other side's answer came.")
        }
        print(
            balance.isBalanced
                ? "The sum comes out even."
                : "THE SUM DOES NOT COME OUT EVEN: \(counted(balance.missing.count, "message")) "
                    + "missing, \(balance.unexplained.count) unexplained.")
        print(
            chain.isWhole
                ? "The chain of \(grouped(Int(clamping: chain.verified))) records is whole."
                : "THE CHAIN IS BROKEN at \(chain.broken.count + chain.gaps.count) places.")
    }
}

/// The figures, for programs.
private struct Figures: Encodable {
    var day: String
    var messages, accepted, delivered, returned, held, waiting, deleted, lost: Int
    var possibleDuplicates: Int
    var isBalanced, isChainWhole: Bool
    var chainRecords: UInt64

    init(_ balance: DayBalance, _ chain: ChainVerification) {
        day = balance.day.description
        messages = balance.messages
        accepted = balance.accepted
        delivered = balance.delivered
        returned = balance.failed
        held = balance.held
        waiting = balance.queued
        deleted = balance.deleted
        lost = balance.lost
        possibleDuplicates = balance.duplicateRisks
        isBalanced = balance.isBalanced
        isChainWhole = chain.isWhole
        chainRecords = chain.verified
    }
}

extension String {
    fileprivate func padding(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }
}

private func leading(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
}
