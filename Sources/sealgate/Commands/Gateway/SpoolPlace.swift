import ArgumentParser
import Gateway
import Identities
import SMTP
import Spool

/// Where the spool is.
struct SpoolPlace: ParsableArguments, GivesFlags {
    @OptionGroup var store: StoreOptions
    @Option(help: "Folder of the spool. (default: spool in the data folder)")
    var spool: String?

    func give(to flags: inout GivenFlags) { flags.add("gateway.spool", spool) }

    func settings() async throws -> Settings { try await store.settings(self) }

    func folder() async throws -> String {
        let settings = try await settings()
        return settings.gateway.spool ?? settings.dataFolder + "/spool"
    }

    /// The spool as it is on the disk.
    func read() async throws -> SpoolReader {
        let folder = try await folder()
        do {
            return try Spool.read(folder)
        } catch {
            throw PlainError(
                "There is no spool to be read in \(folder): \(error). Name its folder with "
                    + "--spool, or the data folder with --data.")
        }
    }

    /// Hands a wish to the gateway that has the spool open, or carries it out where none has.
    func submit(_ action: SpoolRequest.Action, _ choice: MessageChoice) async throws {
        let reader = try await read()
        let ids: [QueueIdentifier]
        if let name = choice.destination {
            ids = try found(name, in: reader, isHeld: action == .release, try await settings())
        } else {
            ids = try choice.identifiers(in: reader)
        }
        for start in stride(from: 0, to: ids.count, by: Self.submittedAtOnce) {
            let some = Array(ids[start..<min(ids.count, start + Self.submittedAtOnce)])
            try await hand(in: SpoolRequest(action, messages: some, by: "command line"))
        }
        print("Done: \(counted(ids.count, "message")).")
    }

    func flush() async throws {
        try await hand(in: SpoolRequest(.flush, by: "command line"))
        print("Done: all mail that waits.")
    }

    /// Messages in one wish.
    private static let submittedAtOnce = 10_000

    private func hand(in request: SpoolRequest) async throws {
        do {
            try await Spool.submit(request, folder: try await folder(), disk: FileDisk())
        } catch let error as SpoolError {
            throw PlainError("The wish could not be handed in: \(error).")
        }
    }

    /// What waits for a destination, or is held for it.
    private func found(
        _ name: String, in reader: SpoolReader, isHeld: Bool, _ settings: Settings
    ) throws -> [QueueIdentifier] {
        let setup = try? GatewaySetup(settings)
        guard let localDomain = setup?.hostName ?? DomainName("localhost") else { return [] }
        let wanted = DestinationName(
            name, routes: setup?.routes() ?? RouteTable(), localDomain: localDomain)
        let ids = reader.messages.filter { live in
            guard (live.holdReason != nil) == isHeld,
                let message = try? reader.message(live.id)
            else { return false }
            return wanted.isOf(live, message)
        }.map(\.id)
        guard !ids.isEmpty else {
            throw PlainError(
                "Nothing \(isHeld ? "is held" : "waits") for \(plain(name)). 'sealgate queue' "
                    + "lists what is here.")
        }
        return ids
    }
}

/// Which messages something is done to: named ones, or all of a destination.
struct MessageChoice: ParsableArguments {
    @Argument(help: "Names from 'sealgate queue'.") var messages: [String] = []
    @Option(help: "All mail of a destination instead: a domain, or a name from the queue page.")
    var destination: String?

    init() {}

    init(destination: String) {
        messages = []
        self.destination = destination
    }

    func validate() throws {
        guard messages.isEmpty != (destination == nil) else {
            throw ValidationError("Name messages, or a destination with --destination.")
        }
    }

    /// The messages that are named; each must be in the spool.
    func identifiers(in reader: SpoolReader) throws -> [QueueIdentifier] {
        let known = Set(reader.messages.map(\.id))
        return try messages.map { name in
            guard let id = QueueIdentifier(name) else {
                throw PlainError(
                    "\"\(plain(name))\" is no name of a message; 'sealgate queue' lists them.")
            }
            guard known.contains(id) else {
                throw PlainError("The spool has no message \(id) (any more).")
            }
            return id
        }
    }
}
