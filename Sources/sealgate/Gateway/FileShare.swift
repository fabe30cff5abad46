import Gateway
import SMTPServer

/// The files that this process may open, shared out so that clients and deliveries cannot use up
/// all of them.
///
/// A connection is a file too. Without a free one the spool and DNS fail, and libdispatch, which
/// reads in /proc what its threads do, ends the process.
struct FileShare {
    private let openFiles: Int
    /// For all but connections from outside: deliveries, spool, database, DNS, console.
    private let reserved: Int

    init(openFiles: Int) {
        self.openFiles = openFiles
        reserved = min(4_096, openFiles / 2)
    }

    /// Takes as many as the system lets this process have; many begin with 1,024.
    static func ofThisProcess() -> FileShare {
        FileShare(openFiles: max(256, OpenFiles.raise()))
    }

    /// Connections of each of so many doors: with a large message each takes a second file.
    func connections(doors: Int) -> Int {
        max(1, min(ServerLimits().connections, (openFiles - reserved) / 2 / max(1, doors)))
    }

    /// Deliveries at one time; four times as many slow ones come on top (`DeliveryOptions`).
    var deliveries: Int { max(1, min(500, reserved / 8)) }

    /// Connections to next servers that wait for another message.
    var idleConnections: Int { max(1, min(1_000, reserved / 4)) }

    /// The doors, none of which takes more connections than its share.
    func bound(_ doors: [ListenerConfiguration]) -> [ListenerConfiguration] {
        doors.map { door in
            var door = door
            door.limits.connections = connections(doors: doors.count)
            return door
        }
    }
}
