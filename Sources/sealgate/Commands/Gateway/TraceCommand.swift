import ArgumentParser
import Gateway
import Identities
import SMTP
import Spool
import Storage

/// `sealgate trace`: what became of a message, and why.
struct TraceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trace", abstract: "Tells what became of a message, and why.",
        discussion: """
            With a queue id it tells the story of one message; otherwise it lists the messages \
            that fit, the newest first. All that is given must fit.
            """)

    @OptionGroup var store: StoreOptions
    @Argument(help: "The queue id that the sender was given.") var id: String?
    @Option(help: "The sender's address or domain.") var from: String?
    @Option(help: "The recipient's address or domain.") var to: String?
    @Option(help: "Words of the subject.") var subject: String?
    @Option(help: "The address of the client.") var client: String?
    @Option(help: "The Message-ID.") var messageID: String?
    @Option(help: "How many.") var limit = 20

    func run() async throws {
        let house = try await House.open(store.settings(), lookup: nil)
        do {
            try await tell(MessageStore(database: house.database))
        } catch {
            try? await house.close()
            throw error
        }
        try await house.close()
    }

    private func tell(_ messages: MessageStore) async throws {
        if let id {
            guard let identifier = QueueIdentifier(id) else {
                throw PlainError("\"\(plain(id))\" is no queue id: it has 13 letters and digits.")
            }
            guard let history = try await messages.history(of: identifier.storedValue) else {
                throw PlainError(
                    "No message \(identifier) is recorded. A message accepted a moment ago takes a "
                        + "second to appear.")
            }
            return show(history)
        }
        let page = try await messages.search(MessageSearch(terms: try terms()), limit: limit)
        if page.messages.isEmpty { return print("No message fits.") }
        if page.messages.count == 1,
            let history = try await messages.history(of: page.messages[0].id)
        {
            return show(history)
        }
        for message in page.messages { print(line(message)) }
    }

    private func show(_ history: MessageHistory) {
        for line in TraceReport(history).lines(width: terminalWidth()) { print(line) }
    }

    private func line(_ message: StoredMessage) -> String {
        let record = MessageRecord(encoded: message.record)
        let id = QueueIdentifier(storedValue: message.id)
        let from = record?.header.authorAddress ?? record?.reversePath.description ?? ""
        let to = record?.recipients.first?.description ?? ""
        return "\(id)  \(instant(message.receivedAt / 1_000))  \(TraceWords.sign(message.state)) "
            + "\(TraceWords.state(message.state))  "
            + "\(plain(from.isEmpty ? "<>" : from)) → \(plain(to))  \(plain(record?.header.subject ?? "", limit: 60))"
    }

    private func terms() throws -> [[SearchTerm]] {
        var terms: [[SearchTerm]] = []
        if let from {
            terms.append([try party(from, "--from", SearchTerm.sender, SearchTerm.sender)])
        }
        if let to {
            terms.append([try party(to, "--to", SearchTerm.recipient, SearchTerm.recipient)])
        }
        if let subject {
            terms += SearchTerm.words(of: subject).map { [SearchTerm.word($0)] }
        }
        if let client {
            guard let address = IPAddress(client) else {
                throw ValidationError("--client wants an address, not \"\(client)\".")
            }
            terms.append([SearchTerm.client(address)])
        }
        if let messageID { terms.append([SearchTerm.messageID(messageID)]) }
        return terms
    }

    private func party(
        _ text: String, _ flag: String, _ address: (String) -> SearchTerm,
        _ domain: (DomainName) -> SearchTerm
    ) throws -> SearchTerm {
        if text.contains("@") { return address(text) }
        guard let name = DomainName(text) else {
            throw ValidationError("\(flag) wants an address or a domain, not \"\(text)\".")
        }
        return domain(name)
    }
}
