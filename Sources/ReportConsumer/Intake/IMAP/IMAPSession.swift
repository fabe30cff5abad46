/// The few commands that an intake needs of an IMAP server (RFC 9051, RFC 3501), one after the other
/// on a connection that is signed in.
struct IMAPSession {
    private let connection: any MailConnection
    private let limits: PlaceLimits
    private var reader: IMAPResponseReader
    private var commands = 0
    private(set) var capabilities: Set<String> = []

    init(_ connection: any MailConnection, limits: PlaceLimits) {
        self.connection = connection
        self.limits = limits
        reader = IMAPResponseReader(limits: limits)
    }

    /// A folder as it was when it was opened.
    struct Folder: Hashable, Sendable {
        var validity: UInt32
        var count: UInt32
    }

    /// A mail as the server lists it.
    struct Listed: Hashable, Sendable {
        var uid: UInt32
        /// Octets, as the server says.
        var size: Int
    }

    // MARK: Commands

    mutating func readCapabilities() async throws(PlaceFailure) {
        var words: Set<String> = []
        try await run("CAPABILITY") { response in
            if let rest = response.untagged("CAPABILITY") {
                words.formUnion(rest.split(separator: " ").map { $0.uppercased() })
            }
        }
        capabilities = words
    }

    /// Opens a folder to read and to change it.
    mutating func select(_ folder: String) async throws(PlaceFailure) -> Folder {
        var (validity, count): (UInt32?, UInt32) = (nil, 0)
        try await run("SELECT \(try Self.name(folder))") { response in
            if let number = response.code("UIDVALIDITY") { validity = number }
            if let (number, word) = response.numbered, word == "EXISTS" { count = number }
        }
        guard let validity, validity > 0 else {
            throw IMAPResponseReader.nonsense("no UIDVALIDITY for the folder \(folder)")
        }
        return Folder(validity: validity, count: count)
    }

    /// Mails by their places in the folder, from `first` to `last`.
    mutating func list(_ first: UInt32, _ last: UInt32) async throws(PlaceFailure) -> [Listed] {
        var found: [Listed] = []
        try await run("FETCH \(first):\(last) (UID RFC822.SIZE)") { response in
            guard let values = IMAPValue.fetched(response), let uid = values["UID"]?.number,
                uid > 0, let size = values["RFC822.SIZE"]?.number
            else { return }
            found.append(Listed(uid: uid, size: Int(size)))
        }
        return found
    }

    /// Whole mails; one that is longer than `limit` octets comes cut off behind them. Those that are
    /// gone are left out.
    ///
    /// - Parameter total: octets of all of them that are taken.
    mutating func fetch(
        _ uids: [UInt32], limit: Int, total: Int
    ) async throws(PlaceFailure) -> [UInt32: [UInt8]] {
        let wanted = Set(uids)
        var mails: [UInt32: [UInt8]] = [:]
        var received = 0
        reader.literalLimit = limit + 1
        let command = "UID FETCH \(IMAPText.set(uids)) (UID BODY.PEEK[]<0.\(limit + 1)>)"
        try await run(command) { response throws(PlaceFailure) in
            guard let values = IMAPValue.fetched(response), let uid = values["UID"]?.number,
                wanted.contains(uid), let octets = values["BODY"]?.octets
            else { return }
            received += octets.count
            guard received <= total else {
                throw IMAPResponseReader.nonsense("more octets than it had announced")
            }
            mails[uid] = octets
        }
        return mails
    }

    /// Puts mails into another folder, which is made where it is missing.
    mutating func move(_ uids: [UInt32], to folder: String) async throws(PlaceFailure) {
        let (set, name) = (IMAPText.set(uids), try Self.name(folder))
        // RFC 6851: in one step, or not at all.
        if capabilities.contains("MOVE") {
            try await runMaking(folder, "UID MOVE \(set) \(name)")
        } else {
            try await runMaking(folder, "UID COPY \(set) \(name)")
            try await delete(uids)
        }
    }

    mutating func mark(_ uids: [UInt32]) async throws(PlaceFailure) {
        try await run("UID STORE \(IMAPText.set(uids)) +FLAGS.SILENT (\\Seen \\Flagged)")
    }

    /// Removes mails. A server without RFC 4315 keeps them, marked as deleted: its EXPUNGE would
    /// remove what others have marked, too.
    mutating func delete(_ uids: [UInt32]) async throws(PlaceFailure) {
        let set = IMAPText.set(uids)
        try await run("UID STORE \(set) +FLAGS.SILENT (\\Deleted)")
        if hasUIDExpunge {
            try await run("UID EXPUNGE \(set)")
        }
    }

    private var hasUIDExpunge: Bool {
        capabilities.contains("UIDPLUS") || capabilities.contains("IMAP4REV2")
    }

    /// Whether mails that were moved or removed are still listed, marked as deleted.
    var keepsDeleted: Bool { !hasUIDExpunge && !capabilities.contains("MOVE") }

    /// Says goodbye, if the server is still listening.
    mutating func end() async {
        try? await run("LOGOUT")
        await connection.close()
    }

    // MARK: One command

    private static func name(_ folder: String) throws(PlaceFailure) -> String {
        guard let name = IMAPText.folder(folder) else {
            throw PlaceFailure(.refused, "\(folder) cannot be the name of a mail folder.")
        }
        return name
    }

    private mutating func runMaking(
        _ folder: String, _ command: String
    ) async throws(PlaceFailure) {
        do {
            try await run(command)
        } catch  where error.code == .refused && error.description.contains("TRYCREATE") {
            try await run("CREATE \(try Self.name(folder))")
            try await run(command)
        }
    }

    /// Sends a command and hands over its responses up to the tagged one.
    private mutating func run(
        _ command: String, _ take: (IMAPResponse) throws(PlaceFailure) -> Void = { _ in }
    ) async throws(PlaceFailure) {
        commands += 1
        let tag = "S\(commands)"
        let end = ContinuousClock.now + limits.command
        try await connection.send(Array("\(tag) \(command)\r\n".utf8), within: limits.command)
        var answers = 0
        while true {
            while let response = try reader.next() {
                answers += 1
                guard answers <= limits.answers else {
                    throw IMAPResponseReader.nonsense("more than \(limits.answers) answers")
                }
                if let status = response.status(of: tag) {
                    return try Self.check(status, command)
                }
                if let text = response.untagged("BYE"), command != "LOGOUT" {
                    throw PlaceFailure(
                        .dropped, "The mail server ended the connection: \(Self.shown(text)).")
                }
                try take(response)
            }
            let left = end - ContinuousClock.now
            guard left > .zero else { throw Self.silence(limits.command) }
            reader.feed(try await connection.receive(within: left))
        }
    }

    private static func check(
        _ status: IMAPResponse.Status, _ command: String
    ) throws(PlaceFailure) {
        guard case .refused(let text) = status else { return }
        let verb = command.split(separator: " ").prefix(2).joined(separator: " ")
        throw PlaceFailure(
            .refused, "The mail server refused \(shown(verb)): \(shown(text)).")
    }

    static func silence(_ time: Duration) -> PlaceFailure {
        PlaceFailure(
            .silence,
            "The mail server did not finish its answer within \(time.components.seconds) seconds.")
    }

    /// A server's words, short and without control characters.
    private static func shown(_ text: some StringProtocol) -> String {
        String(text.unicodeScalars.prefix(200).map { $0.value < 0x20 ? " " : Character($0) })
    }
}
