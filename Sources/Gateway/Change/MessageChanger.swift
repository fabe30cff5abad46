import InternetMessage
public import MailAuthentication

/// Makes the changes that the operator opted in for to mail from outside: a mark before its subject,
/// and a banner before its text. Without any, no message is touched.
///
/// It changes ranges of octets; what it does not name stays as it came, octet for octet.
public struct MessageChanger: Sendable {
    /// What is to be done; nothing unless it is set.
    public struct Options: Hashable, Sendable {
        public var subjectTag: SubjectTag?
        public var banner: Banner?

        public init(subjectTag: SubjectTag? = nil, banner: Banner? = nil) {
            self.subjectTag = subjectTag
            self.banner = banner
        }

        public var isEmpty: Bool { subjectTag == nil && banner == nil }
    }

    /// The changes of one message.
    public struct Changes: Hashable, Sendable {
        /// In the content's own octets.
        public var edits: [ContentEdit] = []
        /// Header fields to stand before the content, each with its line end.
        public var fields: [UInt8] = []
        /// What was done or left, for the record.
        public var acts: [RecordedAct] = []

        public var isEmpty: Bool { edits.isEmpty && fields.isEmpty }
    }

    private let options: Options

    public init(_ options: Options) {
        self.options = options
    }

    /// Why a message of this many octets is not changed at all; nil when it may be.
    static func refusal(octets: Int) -> RecordedAct? {
        guard octets > Limits.changedMessageOctets else { return nil }
        return RecordedAct(
            .leftAlone,
            "It is larger than \(Limits.changedMessageOctets >> 20) MiB, so that neither its "
                + "subject nor its text was changed.")
    }

    /// The changes to a message; `message` is what the octets hold.
    public func changes(to octets: [UInt8], _ message: RawMessage) -> Changes {
        var changes = Changes()
        guard !options.isEmpty else { return changes }
        if let refusal = Self.refusal(octets: octets.count) {
            changes.acts = [refusal]
            return changes
        }
        guard octets.contains(0x0A) else {
            changes.acts = [
                RecordedAct(.leftAlone, "It is not in lines, so that nothing of it was changed.")
            ]
            return changes
        }
        if let tag = options.subjectTag { mark(message, tag, &changes) }
        if let banner = options.banner { put(banner, into: octets, &changes) }
        return changes
    }

    private func mark(_ message: RawMessage, _ tag: SubjectTag, _ changes: inout Changes) {
        let edits = tag.edits(in: message)
        changes.edits += edits
        if edits.isEmpty, !message.fields.contains(where: { $0.isNamed("Subject") }) {
            changes.fields += tag.field
        } else if edits.isEmpty {
            changes.acts.append(
                RecordedAct(
                    .leftAlone, "Its subject has the mark “\(tag.text)” already."))
            return
        }
        changes.acts.append(
            RecordedAct(
                .tagged, "The mark “\(tag.text)” was put before its subject: it comes from outside."
            ))
    }

    private func put(_ banner: Banner, into octets: [UInt8], _ changes: inout Changes) {
        let message = MessageParser().parse(octets)
        let parts: [BodyPart]
        switch BannerPlaces.find(in: message) {
        case .none(let reason): return changes.acts.append(Self.leftAlone(reason))
        case .parts(let found): parts = found
        }
        var edits: [ContentEdit] = []
        var types: [String] = []
        for part in parts {
            let isMessage = part.headerRange == message.root.headerRange
            switch BannerSplice(banner: banner, part: part, isMessage: isMessage).outcome() {
            // A reader may be shown either alternative: both have it, or none.
            case .unfit(let reason): return changes.acts.append(Self.leftAlone(reason))
            case .edits(let more):
                edits += more
                if !types.contains(part.contentType.mediaType) {
                    types.append(part.contentType.mediaType)
                }
            }
        }
        changes.edits += edits
        changes.acts.append(
            RecordedAct(
                .banner,
                "The warning was put before its text (\(types.joined(separator: ", "))): it comes "
                    + "from outside."))
    }

    private static func leftAlone(_ reason: String) -> RecordedAct {
        RecordedAct(.leftAlone, "The warning was not put before its text, because \(reason).")
    }
}
