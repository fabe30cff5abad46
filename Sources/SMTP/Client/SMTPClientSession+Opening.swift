extension SMTPClientSession {
    /// Everything up to the first transaction (RFC 5321 §3.1, §3.2; RFC 3207 §4).
    mutating func takeOpening(_ reply: SMTPReply, _ next: Awaited, _ actions: inout [Action]) {
        switch next {
        case .greeting:
            guard reply.code == 220 else { return refuse(reply, &actions) }
            answered += 1
            send("EHLO \(configuration.hello)", .hello, &actions)
        case .hello:
            if reply.isPositive {
                answered += 1
                extensions = ServerExtensions(parsing: reply)
                greeted(reply, &actions)
            } else if reply.isPermanent {
                // RFC 5321 §3.2: a server that does not know EHLO may know HELO.
                answered += 1
                send("HELO \(configuration.hello)", .plainHello, &actions)
            } else {
                refuse(reply, &actions)
            }
        case .plainHello:
            guard reply.isPositive else { return refuse(reply, &actions) }
            answered += 1
            greeted(reply, &actions)
        default:
            if reply.code == 220 {
                answered += 1
                isSecuring = true
                actions.append(.startTLS)
            } else if configuration.startTLS == .required || reply.code == 421 {
                refuse(reply, &actions)
            } else {
                answered += 1
                startTLSRefusal = reply
                open(&actions)
            }
        }
    }

    private mutating func greeted(_ reply: SMTPReply, _ actions: inout [Action]) {
        serverName = reply.lines[0].split(separator: " ").first.map { String($0.prefix(255)) }
        if isSecured || configuration.startTLS == .never {
            open(&actions)
        } else if extensions.offers(.startTLS) {
            send("STARTTLS", .startTLS, &actions)
        } else if configuration.startTLS == .required {
            expect(.startTLS)
            end(.startTLSMissing, nil, &actions)
        } else {
            open(&actions)
        }
    }

    private mutating func open(_ actions: inout [Action]) {
        isOpen = true
        actions.append(.ready)
    }

    private mutating func refuse(_ reply: SMTPReply, _ actions: inout [Action]) {
        let isRefusal = reply.isTemporary || reply.isPermanent
        end(isRefusal ? .refused : .unexpectedReply, reply, &actions)
    }
}
