public import ArgumentParser
public import DomainWatch
import FoundationEssentials
import Glibc
import Identities
import MailReports
import Storage

/// `sealgate evidence`: where the domains stand, then and now, to be handed to somebody else.
struct EvidenceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evidence",
        abstract: "Writes the evidence for executives and regulators, as PDF, CSV or JSON.",
        discussion: """
            It compares two periods: the share of unauthorised mail, what receivers stopped, each \
            domain's policy, then and now; open exceptions and the log of changes with its head. \
            The three forms hold the same facts.
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var place: OrganisationOptions
    @Option(help: "A domain; may be repeated. (default: all of them)") var domain: [DomainName] = []
    @Option(help: "First day, YYYY-MM-DD. (default: 30 days up to the last)") var from: String?
    @Option(help: "Last day. (default: the newest day with reports)") var to: String?
    @Option(
        help: """
            The first day to compare with, or first and last day as DAY..DAY. (default: as many of \
            the oldest days with reports)
            """)
    var before: String?
    @Option(help: "pdf, csv or json") var format = EvidenceForm.pdf
    @Option(
        name: [.customShort("o"), .long],
        help: "The file to write; '-' for standard output. (default: evidence-LASTDAY.FORMAT)")
    var output: String?

    func run() async throws {
        let question = try question()
        let house = try await House.open(store.settings(), lookup: nil)
        let organisation = try await place.organisation(house)
        let pack: EvidencePack
        do {
            pack = try await house.evidence.pack(question, of: organisation.id, now: clock())
        } catch let error as EvidenceError {
            throw PlainError(error.description)
        }
        try await house.close()
        let bytes = try format.render(pack)
        let path = output ?? format.fileName(pack)
        if path == "-" { return try write(bytes, to: 1) }
        do {
            try Data(bytes).write(to: URL(filePath: path))
        } catch {
            throw PlainError("\(plain(path)) cannot be written: \(error)")
        }
        note(pack.summary)
        note("Written to \(plain(path)). Head of the audit log: \(pack.chainHead)")
    }

    private func question() throws -> EvidenceQuestion {
        let parts =
            before?.split(separator: "..", omittingEmptySubsequences: false).map(String.init) ?? []
        guard parts.count <= 2 else {
            throw ValidationError("--before wants a day, or two as DAY..DAY.")
        }
        return EvidenceQuestion(
            domains: domain, from: try day("--from", from), to: try day("--to", to),
            beforeFrom: try day("--before", parts.first),
            beforeTo: try day("--before", parts.count > 1 ? parts[1] : nil))
    }

    private func day(_ flag: String, _ text: String?) throws -> UTCDay? {
        guard let text else { return nil }
        guard let day = UTCDay(text) else {
            throw ValidationError("\(flag) wants a day as YYYY-MM-DD, not \"\(plain(text))\".")
        }
        return day
    }

    private func write(_ bytes: [UInt8], to descriptor: Int32) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard written > 0 else {
                throw PlainError("The evidence could not be written to standard output.")
            }
            rest = rest.dropFirst(written)
        }
    }
}

extension EvidenceForm: ExpressibleByArgument {}
