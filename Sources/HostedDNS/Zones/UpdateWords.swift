import DNS
import DNSResolver

/// What a server's answer to an update means, and what to do about it.
enum UpdateWords {
    /// RFC 2136 §2.2 and §3.8.
    static func outcome(_ code: ResponseCode, server: ResolverAddress) -> ZoneUpdater.Outcome {
        switch code {
        case .noError: .done
        case .nameError, .nameExists, .setExists, .setMissing: .changedMeanwhile
        default: .refused(sentence(code, server: server))
        }
    }

    static func sentence(_ code: ResponseCode, server: ResolverAddress) -> String {
        let end = " (\(code))."
        return switch code {
        case .formatError:
            "The server \(server) cannot read the change" + end
        case .serverFailure:
            "The server \(server) failed inside; its log says why. Often it may not write its "
                + "own zone file" + end
        case .notImplemented:
            "The server \(server) takes no changes this way" + end
        case .refused:
            "The server \(server) does not allow this key to change this zone. Allow it there: "
                + "update-policy or allow-update in BIND, an acl with action update in Knot" + end
        case .notAuthorized:
            "The server \(server) is not the primary of this zone, or does not allow this key. "
                + "Name the primary with --primary" + end
        case .notInZone:
            "The server \(server) says that a name of the change lies outside its zone" + end
        default: "The server \(server) did not make the change" + end
        }
    }

    static func fault(
        _ fault: TransactionSigner.Fault, code: ResponseCode, key: TransactionKey,
        server: ResolverAddress, now: Int64
    ) -> ZoneUpdater.Outcome {
        switch fault {
        case .refused(.badTime, let time?):
            .refused(
                "The clocks differ: the server \(server) is "
                    + "\(distance(Int64(clamping: time), now)), and more than "
                    + "\(Limits.fudge) seconds are not taken (BADTIME). Set both by NTP.")
        case .refused(.badTime, nil):
            .unproved("The server \(server) says that the clocks differ (BADTIME).")
        // What is not proved is checked against the zone itself by the caller.
        case .refused(.badKey, _):
            .unproved(
                "The server \(server) does not know the key \(key), knows it with another algorithm, "
                    + "or does not allow this key to change this zone (BADKEY).")
        case .refused(.badSignature, _):
            .unproved(
                "The server \(server) knows the key \(key.name) with another secret (BADSIG).")
        case .refused(let other, _):
            .unproved("The server \(server) does not take the signature (\(other)).")
        case .unsigned where code != .noError:
            .unproved(sentence(code, server: server))
        case .unsigned:
            .unproved("The server \(server) answered without a signature; that proves nothing.")
        case .otherKey:
            .unproved("The server \(server) answered with another key.")
        case .forged:
            .unproved(
                "The answer of \(server) is not signed with the key \(key.name): somebody is "
                    + "between, or the secret differs.")
        case .clocksDiffer(let seconds):
            .unproved(
                "The answer of \(server) was signed \(seconds) seconds away from our time; set both "
                    + "clocks by NTP.")
        case .unreadable(let reason):
            .unproved("The answer of \(server) cannot be read: \(reason).")
        }
    }

    private static func distance(_ theirs: Int64, _ ours: Int64) -> String {
        let (seconds, isOver) = theirs.subtractingReportingOverflow(ours)
        guard !isOver else { return "at an impossible time" }
        return seconds < 0 ? "\(seconds.magnitude) seconds behind" : "\(seconds) seconds ahead"
    }
}
