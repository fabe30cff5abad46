/// What one caller wants written: all of it goes into one write.
package struct Submission: Sendable {
    /// What a record does to the queue once it is durable.
    enum Effect: Sendable {
        case accept(AcceptanceSummary)
        /// The message has its record here from now on.
        case carry(LiveMessage, acceptanceCount: Int)
        case change(QueueChange)
        case none
    }

    struct Record: Sendable {
        var kind: RecordKind
        var body: [UInt8]
        var prefix: [UInt8] = []
        var content: [UInt8] = []
        var effect: Effect

        var contentCount: Int { prefix.count + content.count }
        var octets: Int { RecordHeader.octets(body: body.count, content: contentCount) }
    }

    private(set) var records: [Record]
    /// Octets of all records.
    let octets: Int
    /// Whether it brings a message: then it leaves the reserve alone.
    let isMessage: Bool

    init(_ records: [Record], isMessage: Bool = false) {
        self.records = records
        self.isMessage = isMessage
        octets = records.reduce(0) { $0 + $1.octets }
    }

    /// Changes that are recorded together.
    package static func changes(_ changes: [QueueChange]) -> Submission {
        Submission(changes.map(record))
    }

    static func record(_ change: QueueChange) -> Record {
        Record(kind: .changed, body: change.encoded, effect: .change(change))
    }

    /// A message that comes in, with changes of others. The content is left out when it has become
    /// a file of its own.
    static func message(
        _ message: SpoolMessage, isFile: Bool, digest: [UInt8], recording changes: [QueueChange]
    ) -> Submission {
        let summary = AcceptanceSummary(message, isFile: isFile, digest: digest)
        var record = Record(
            kind: .accepted, body: AcceptanceBody.encode(message, summary),
            prefix: message.prefix, effect: .accept(summary))
        if !isFile, case .memory(let octets) = message.content { record.content = octets }
        return Submission([record] + changes.map(Self.record), isMessage: true)
    }
}
