import Identities
import MailAuthentication
import SMTPServer
import Spool

/// A message as it leaves: what we put before it, and its content.
struct LeavingMessage {
    var prefix: [UInt8]
    var content: SpoolContent
    /// What was done with it.
    var acts: [RecordedAct]
    /// Why it is held although it was to be delivered.
    var holdReason: DecisionReason?
}

/// The last step of a message before the spool: fields that speak in our name go out, the changes
/// opted in for are made, our own fields stand before it, and then, over all that is really sent,
/// comes our signature or seal.
///
/// Where nothing is opted in for, the content stays where it lies.
struct MessageFinisher: Sendable {
    enum Outcome {
        case leaving(LeavingMessage)
        /// A file could not be read or written.
        case failed
        /// Not taken now.
        case `defer`(DecisionReason)
    }

    /// A message with what is known about it.
    struct Judged: Sendable {
        let received: ReceivedMessage
        let content: ParsedContent
        let authentication: MessageAuthentication?
        /// From our own people, as the door or the network tells.
        let isOwn: Bool
        /// Header fields that we put before it, before it is sealed.
        let prefix: [UInt8]
    }

    private let options: GatewayOptions
    private let forged: ForgedFields
    private let changer: MessageChanger
    private let sealer: MessageSealer
    /// Large messages are changed one after another, so that memory is bounded.
    private let large = LargeMessageChanges()

    init(options: GatewayOptions, forged: ForgedFields) {
        self.options = options
        self.forged = forged
        changer = MessageChanger(options.changes)
        sealer = MessageSealer(options: options.seals)
    }

    /// - Parameter now: seconds since 1970.
    func finish(_ judged: Judged, now: Int64) async -> Outcome {
        let content = judged.content
        let removals = content.removals(forged.indices(in: content.message))
        guard let changed = await changed(judged, removals) else { return .failed }
        var leaving = LeavingMessage(
            prefix: judged.prefix + changed.fields, content: changed.content.content,
            acts: changed.acts)
        guard isSealed(judged) else { return .leaving(leaving) }
        guard let message = changed.content.message else { return .failed }
        let whole = message.with(
            fields: RawMessage(leaving.prefix, lineEnds: .asSent).fields + message.fields)
        switch seal(whole, judged, isChanged: changed.isChanged, now) {
        case .sealed(let fields, let acts):
            leaving.prefix = fields + leaving.prefix
            leaving.acts += acts
        case .hold(let reason):
            leaving.holdReason = reason
            leaving.acts.append(RecordedAct(.unsigned, reason.sentence))
        case .defer(let reason): return .defer(reason)
        }
        return .leaving(leaving)
    }

    // MARK: Changes

    private func changed(_ judged: Judged, _ removals: [ContentEdit]) async -> ChangedContent? {
        let content = judged.content
        guard !options.changes.isEmpty, isFromOutside(judged) else {
            return content.edited(removals).map { ChangedContent(content: $0) }
        }
        if let refusal = MessageChanger.refusal(octets: content.count) {
            return content.edited(removals).map { ChangedContent(content: $0, acts: [refusal]) }
        }
        guard content.isLarge else {
            return ChangedContent(content, by: changer, and: removals)
        }
        return await large.change(content, by: changer, and: removals)
    }

    /// Whether it came from outside, and is not proved to be by one of our own domains: what our own
    /// people send through others' servers is no stranger's.
    private func isFromOutside(_ judged: Judged) -> Bool {
        guard !judged.isOwn else { return false }
        guard let dmarc = judged.authentication?.dmarc, dmarc.result == .pass,
            let author = dmarc.author
        else { return true }
        return !options.judge.ownDomains.contains { author.isEqualOrBelow($0) }
    }

    // MARK: Seals

    private func isSealed(_ judged: Judged) -> Bool {
        let seals = options.seals
        return judged.isOwn
            ? !seals.signers.isEmpty || !seals.chainSigners.isEmpty
            : seals.arc != nil && judged.authentication != nil
    }

    private func seal(
        _ message: RawMessage, _ judged: Judged, isChanged: Bool, _ now: Int64
    ) -> MessageSealer.Outcome {
        if judged.isOwn { return sealer.sign(message, judged.received.envelope, now: now) }
        guard let found = judged.authentication else { return .sealed([], []) }
        return sealer.seal(
            message, found, authservID: options.authservID, isChanged: isChanged, now: now)
    }
}

/// A content after its changes, and what is to be told about them.
private struct ChangedContent: Sendable {
    var content: EditedContent
    var fields: [UInt8] = []
    var acts: [RecordedAct] = []
    var isChanged = false

    init(content: EditedContent, acts: [RecordedAct] = []) {
        self.content = content
        self.acts = acts
    }

    init?(_ content: ParsedContent, by changer: MessageChanger, and removals: [ContentEdit]) {
        let changes = changer.changes(to: content.octets, content.message)
        guard let edited = content.edited(removals + changes.edits) else { return nil }
        self.content = edited
        fields = changes.fields
        acts = changes.acts
        isChanged = !changes.isEmpty
    }
}

/// Changes large messages, one at a time: each is in memory several times meanwhile.
private actor LargeMessageChanges {
    func change(
        _ content: ParsedContent, by changer: MessageChanger, and removals: [ContentEdit]
    ) -> ChangedContent? {
        ChangedContent(content, by: changer, and: removals)
    }
}
