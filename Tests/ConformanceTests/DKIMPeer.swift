import FoundationEssentials
import MailAuthentication
import TestSupport

/// Another implementation of DKIM, run as one program over a folder of messages: it verifies those
/// of `signed` and signs those of `plain`.
struct DKIMPeer {
    struct Answer: Decodable {
        let n: Int
        let verified: Bool?
        let reason: String?
        let signature: String?
        /// Whether the peer verifies what it signed itself; nil when it was not asked.
        let own: Bool?
    }

    struct Settings: Encodable {
        let count: Int
        /// Key records by name.
        let keys: [String: String]
        /// PKCS#8, and the bare seed, which dkimpy wants.
        let rsa: String
        let ed25519: String
        let ed25519Seed: String
    }

    let name: String
    let program: String
    let script: String
    let knowsEd25519: Bool
    /// Whether it keeps the blanks behind a field's colon. opendkim gets the name and the value from
    /// the mail server and puts one space between them.
    let keepsFields: Bool

    static let all = [
        DKIMPeer(
            name: "dkimpy", program: "/usr/bin/python3", script: "dkim_dkimpy.py",
            knowsEd25519: true, keepsFields: true),
        // Debian's 1.20230212; Ed25519 came with 1.20230630.
        DKIMPeer(
            name: "Mail::DKIM", program: "/usr/bin/perl", script: "dkim_mail_dkim.pl",
            knowsEd25519: false, keepsFields: true),
        DKIMPeer(
            name: "opendkim", program: "/usr/bin/python3", script: "dkim_opendkim.py",
            knowsEd25519: true, keepsFields: false),
    ]

    /// Whether the peer signs and verifies message `n` (see `DKIMRoundTripTests.kind`).
    func takes(_ n: Int) -> Bool { knowsEd25519 || n & 4 == 0 }

    /// Whether its own signature may be wrong: opendkim 2.11 hashes a space before the `b=` of
    /// Ed25519 and writes a fold there, which the simple form does not bear.
    func maySignWrongly(_ n: Int) -> Bool { name == "opendkim" && n & 5 == 4 }

    func run(_ folder: String) throws -> [Int: Answer] {
        let script = SharedData.packageRoot + "/Tests/ConformanceTests/Peers/" + script
        let answers = folder + "/answers"
        try Command.run([program, script, folder, answers])
        var found: [Int: Answer] = [:]
        for line in try SharedData.bytes(answers).split(separator: 0x0A) {
            let answer = try JSONDecoder().decode(Answer.self, from: Data(line))
            found[answer.n] = answer
        }
        return found
    }
}
