import Identities
import MailAuthentication
import SMTP

/// Signs what our own people send, and seals what is passed on from outside.
///
/// It is given the message as it leaves, our own fields included, and nothing may be changed after
/// it. Mail that should bear a signature never leaves without one unnoticed: where the key fails,
/// the client is told to come again, for the next attempt may find it working; where the message
/// itself cannot be signed, no attempt ever will, so that it is held until a person decides.
struct MessageSealer: Sendable {
    enum Outcome {
        /// Fields to stand before everything else, each with its line end; none where no key is
        /// meant for the message.
        case sealed([UInt8], [RecordedAct])
        /// Kept here, unsigned.
        case hold(DecisionReason)
        /// Not taken now.
        case `defer`(DecisionReason)
    }

    let options: SealOptions

    // MARK: Our own people's mail

    /// - Parameter now: seconds since 1970.
    func sign(_ message: RawMessage, _ envelope: Envelope, now: Int64) -> Outcome {
        var names: [DomainName] = []
        for author in AuthorDomains(message).domains {
            if let name = options.signingDomain(for: author), !names.contains(name) {
                names.append(name)
            }
        }
        guard !names.isEmpty else { return .sealed([], []) }
        var fields: [RawField] = []
        let signers = names.flatMap { options.signers[$0] ?? [] }
        do {
            fields = try DKIMSigner.sign(message, with: signers, now: now)
        } catch {
            return Self.failure(error)
        }
        var acts = zip(signers, fields).map { signer, _ in
            RecordedAct(
                .signed,
                "Signed with DKIM as \(signer.domain), selector \(signer.selector), since its "
                    + "author is of that domain.")
        }
        var octets = Self.octets(fields)
        for name in names {
            guard let signer = options.chainSigners[name] else { continue }
            let signed = message.with(fields: fields + message.fields)
            switch Self.chain(signer, name, signed, envelope, now) {
            case .sealed(let more, let told):
                octets = more + octets
                acts += told
            case let other: return other
            }
        }
        return .sealed(octets, acts)
    }

    private static func failure(_ error: DKIMSigningError) -> Outcome {
        switch error {
        case .key:
            .defer(
                DecisionReason(.unsigned, "It could not be signed: our key did not work."))
        default:
            .hold(
                DecisionReason(
                    .unsigned,
                    "It should bear your signature (DKIM), and cannot be signed. \(error.reason)"))
        }
    }

    /// DKIM2 is an experiment: what it cannot sign is told and goes on.
    private static func chain(
        _ signer: DKIM2Signer, _ domain: DomainName, _ message: RawMessage, _ envelope: Envelope,
        _ now: Int64
    ) -> Outcome {
        // The signature names every recipient, and would tell each about the others.
        guard envelope.recipients.count == 1 else {
            return .sealed(
                [],
                [
                    RecordedAct(
                        .unsigned,
                        "Not signed with DKIM2: it goes to several people, and the signature would "
                            + "tell each about the others.")
                ])
        }
        let hop = DKIM2Signer.Hop.envelope(
            DKIM2Envelope(
                mailFrom: envelope.reversePath.description,
                recipients: envelope.recipients.map(\.path.description)))
        do throws(DKIM2SigningError) {
            let fields = try signer.sign(message, for: hop, now: now)
            return .sealed(
                fields.octets, [RecordedAct(.signed, "Signed with DKIM2 as \(domain).")])
        } catch {
            if case .key = error {
                return .defer(
                    DecisionReason(.unsigned, "It could not be signed: our key did not work."))
            }
            return .sealed([], [RecordedAct(.unsigned, "Not signed with DKIM2. \(error.reason)")])
        }
    }

    // MARK: Mail that is passed on

    /// - Parameters:
    ///   - found: what authentication said of the message as it came.
    ///   - isChanged: whether the message leaves otherwise than it came.
    ///   - now: seconds since 1970.
    func seal(
        _ message: RawMessage, _ found: MessageAuthentication, authservID: String,
        isChanged: Bool, now: Int64
    ) -> Outcome {
        guard let sealer = options.arc else { return .sealed([], []) }
        let results = found.authenticationResults(authservID: authservID).render()
        let validation = found.arc ?? ARCValidation(.none, reason: "")
        do throws(KeyError) {
            switch try sealer.seal(message, results: results, validation: validation, now: now) {
            case .refused(let reason):
                return .sealed([], [RecordedAct(.unsigned, "Not sealed (ARC). \(reason)")])
            case .sealed(let set):
                let isBroken = isChanged && found.dkim.contains { $0.result == .pass }
                let why =
                    isBroken
                    ? "The sender's signature does not fit the changed message any more; the seal "
                        + "tells the next server that it did before."
                    : "The next server can read what we found."
                return .sealed(
                    Array(set.text.utf8),
                    [
                        RecordedAct(
                            .sealed,
                            "Sealed with ARC as \(sealer.domain), number \(set.instance). \(why)")
                    ])
            }
        } catch {
            return .defer(
                DecisionReason(.unsigned, "It could not be sealed: our key did not work."))
        }
    }

    private static func octets(_ fields: [RawField]) -> [UInt8] {
        fields.flatMap { Array($0.octets) + [0x0D, 0x0A] }
    }
}
