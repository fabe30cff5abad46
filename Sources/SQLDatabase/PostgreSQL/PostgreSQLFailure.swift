import CLibpq

/// A refusal of the server: its SQLSTATE decides whether the transaction is tried again.
struct PostgreSQLFailure: Error {
    let error: SQLError
    let state: String

    init(_ error: SQLError, state: String = "") {
        self.error = error
        self.state = state
    }

    /// The connection is gone, or the server is about to close it.
    var isLost: Bool { error.code == .connectionLost }

    /// Another transaction came in between; the same body may succeed now.
    ///
    /// A unique violation (or a table that exists already) counts for one more attempt: when two
    /// writers look for a row, find none and both add it, the second attempt sees the other's row.
    func isRace(attempt: Int) -> Bool {
        switch state {
        case "40001", "40P01": true
        case "23505", "42P07", "42701", "42710": attempt == 1
        default: false
        }
    }

    /// What a SQLSTATE means to a person.
    init(state: String, said: String, label: String, doing: String) {
        let place = "\(label), \(doing)"
        let error: SQLError =
            switch state {
            case "53100":
                SQLError(
                    .full,
                    "\(place): the database server's disk is full (\(said)). Free some space "
                        + "there and repeat; what was stored before is safe.", isTemporary: true)
            case "53200", "53300", "53400", "40001", "40P01", "55P03", "57014":
                SQLError(
                    .busy, "\(place): the database server is busy (\(said)). Try again later.",
                    isTemporary: true)
            case "25006", "42501":
                SQLError(
                    .readOnly,
                    "\(place): the database cannot be written (\(said)). Grant the database user "
                        + "the right to write, or name the primary server.")
            case "57P01", "57P02", "57P03":
                SQLError.connectionLost(label, said)
            case "XX001", "XX002", "58030":
                SQLError(
                    .corrupt,
                    "\(place): the database is damaged (\(said)). See the server's log and restore "
                        + "a backup.")
            case "08000"..."08ZZZ": SQLError.connectionLost(label, said)
            case "23000"..."23ZZZ": SQLError(.constraint, "\(place): \(said)")
            case "28000"..."28ZZZ", "3D000":
                SQLError(.cannotOpen, "\(place): the server refused access (\(said)).")
            case "0A000"..."0AZZZ", "22000"..."22ZZZ", "25000"..."25ZZZ", "42000"..."42ZZZ":
                SQLError(.statement, "\(place): \(said)")
            default: SQLError(.other, "\(place): \(said)")
            }
        self.init(error, state: state)
    }
}

extension SQLError {
    static func connectionLost(_ label: String, _ said: String) -> SQLError {
        SQLError(
            .connectionLost,
            "\(label): the connection to the database server was lost (\(said)). What was not "
                + "acknowledged must be repeated; the next call connects again.",
            isTemporary: true)
    }
}

/// libpq's messages end in a newline and may hold several lines.
func oneLine(_ message: UnsafePointer<CChar>?) -> String {
    guard let message else { return "no reason given" }
    return String(cString: message).split(whereSeparator: \.isNewline).joined(separator: "; ")
}
