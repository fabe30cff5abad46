import Glibc

public import Identities

/// Whether a door can be opened: free, ours already, or somebody else's.
public struct DoorCheck: Sendable {
    /// How an open door is known to be ours.
    public enum Sign: Hashable, Sendable {
        /// The SMTP greeting names this host.
        case greeting(host: String)
        /// `GET /health/live` is answered as the console does.
        case console
    }

    /// What comes in there, for people.
    public var purpose: String
    public var address: IPAddress
    public var port: Int
    public var sign: Sign

    public init(_ purpose: String, address: IPAddress, port: Int, sign: Sign) {
        self.purpose = purpose
        self.address = address
        self.port = port
        self.sign = sign
    }

    /// Tries the door. Waits for an answer `Limits.doctorSeconds` at most.
    public func look() -> Finding {
        let place = address.isIPv4 ? "\(address):\(port)" : "[\(address)]:\(port)"
        if port == 0 {
            return finding(.ok, place, "Any free port will be taken for \(purpose).")
        }
        let socket = ProbeSocket(address)
        switch socket.bindError(port) {
        case 0:
            return finding(
                .ok, place, "The port for \(purpose) is free; nothing listens there now.",
                advice: "If sealgate should be running, start it: sealgate serve")
        case EADDRINUSE: return occupied(place)
        case EACCES, EPERM:
            return finding(
                .wrong, place, "The system does not let this user listen for \(purpose) there.",
                advice: "Ports below 1024 need the right CAP_NET_BIND_SERVICE: give it to the "
                    + "service, or choose a higher port.")
        case EADDRNOTAVAIL:
            return finding(
                .wrong, place, "This machine does not have the address \(address).",
                advice: "Choose an address of this machine, or 0.0.0.0 for all of them.")
        case let error:
            return finding(
                .wrong, place, "Nobody can listen there: \(systemWords(error)).",
                advice: "Choose another address or port for \(purpose).")
        }
    }

    private func occupied(_ place: String) -> Finding {
        let answer: String?
        switch sign {
        case .greeting: answer = ProbeSocket(address).ask(nil, port: port)
        case .console:
            answer = ProbeSocket(address).ask(
                "GET /health/live HTTP/1.0\r\nHost: localhost\r\n\r\n", port: port)
        }
        guard let answer else {
            return finding(
                .wrong, place, "Some program holds the port for \(purpose) and says nothing.",
                advice: "See which: ss -ltnp 'sport = :\(port)'. Stop it, or choose another port.")
        }
        if isOurs(answer) {
            return finding(.ok, place, "Sealgate listens there for \(purpose).")
        }
        let said = TerminalText.clean(
            String(answer.prefix { $0 != "\r" && $0 != "\n" && $0 != "\r\n" }), limit: 80)
        return finding(
            .wrong, place, "Another program holds the port for \(purpose); it says: \(said)",
            advice: "See which: ss -ltnp 'sport = :\(port)'. Stop it, or choose another port.")
    }

    private func isOurs(_ answer: String) -> Bool {
        switch sign {
        case .greeting(let host):
            let words = answer.split(whereSeparator: \.isWhitespace)
            let isGreeting = ["220", "421", "554"].contains(words.first ?? "")
            return isGreeting && words.dropFirst().contains { $0 == host }
        case .console: return answer.hasPrefix("HTTP/1.") && answer.hasSuffix("live\n")
        }
    }

    private func finding(
        _ state: Finding.State, _ place: String, _ sentence: String, advice: String? = nil
    ) -> Finding {
        Finding("door", state, at: place, sentence, advice: advice)
    }
}

/// What the system says about an error's number.
func systemWords(_ error: Int32) -> String { String(cString: strerror(error)) }
