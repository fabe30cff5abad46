internal import Identities
internal import NIOCore
internal import SMTP

extension SMTPServerHandler {
    /// The connection is here: who is it, and may it talk?
    func begin(_ context: ChannelHandlerContext) {
        server.count { $0.connections += 1 }
        guard let remote = context.remoteAddress,
            let address = remote.ipAddress.flatMap({ IPAddress($0) })
        else {
            finish("The client's address is not known.")
            return
        }
        peer = address
        client = ClientConnection(
            address: address, port: remote.port ?? 0, localPort: context.localAddress?.port ?? 0)
        guard server.add(context.channel) else {
            turnAway(SMTPReply(421, EnhancedStatusCode(4, 3, 2), "Too busy, come again"))
            return
        }
        identifier = ObjectIdentifier(context.channel)
        if server.configuration.proxies.contains(where: { $0.contains(address) }) {
            stage = .proxyHeader
            setDeadline(server.configuration.limits.proxyTime)
            readMore()
        } else {
            open()
        }
    }

    /// What came while no dialogue goes on, or for the dialogue.
    func received() {
        switch stage {
        case .proxyHeader: readProxyHeader()
        case .opening: if !isAfterXClient { isEarly = true }
        case .greetingDelay:
            guard !isEarly else { return }
            isEarly = true
            greetEarlyTalker()
        case .dialogue:
            process()
        case .handshake, .closing, .closed: input.clear()
        }
    }

    private func readProxyHeader() {
        let start = Array(input.readableBytesView.prefix(SMTP.Limits.proxyHeaderOctets))
        switch ProxyHeader.parse(start) {
        case .incomplete: readMore()
        case .invalid: finish("The proxy sent no header.")
        case .header(let header, let octets):
            input.moveReaderIndex(forwardBy: octets)
            if let source = header.source {
                client.address = source.address
                client.port = source.port
                client.localPort = header.destination?.port ?? client.localPort
                client.proxiedBy = peer
            }
            isEarly = input.readableBytes > 0
            open()
        }
    }

    /// The true client is known: it is counted, and its policy asked.
    ///
    /// - Parameter xclient: What a peer said of the client in the middle of a connection.
    func open(xclient: XClientAttributes? = nil) {
        stage = .opening
        isAfterXClient = xclient != nil
        deadline = nil
        let configuration = server.configuration
        session = SMTPServerSession(server.options(for: client, peer: peer))
        if client.tls != nil { session.startSecured() }
        if let place { server.table.leave(place) }
        place = nil
        let address = client.address
        if let clients = configuration.clients,
            !clients.contains(where: { $0.contains(address) })
        {
            turnAway(SMTPReply(554, EnhancedStatusCode(5, 7, 1), "This service is not for you"))
            return
        }
        // Many clients come through a listed peer; each is counted once it is known.
        let isPeer =
            client.proxiedBy == nil
            && (configuration.proxies + configuration.xclientPeers).contains {
                $0.contains(address)
            }
        if !isPeer, !configuration.exempt.contains(where: { $0.contains(address) }) {
            place = server.table.enter(address, now: .now())
            guard place != nil else {
                turnAway(
                    SMTPReply(421, EnhancedStatusCode(4, 7, 0), "Too many connections from you"))
                return
            }
        }
        let policy = server.policy(client)
        self.policy = policy
        ask(policy.connected(client)) { handler, answer in
            handler.connected(answer, xclient)
        }
        // Early talkers can only be heard by who listens.
        readMore()
    }

    private func turnAway(_ reply: SMTPReply) {
        server.count { $0.overLimit += 1 }
        session.greet(refusing: reply)
        finish("Turned away: \(reply)")
    }

    private func connected(_ answer: ConnectionAnswer, _ xclient: XClientAttributes?) {
        guard stage == .opening else { return }
        switch answer {
        case .refuse(let reply):
            server.count { $0.refused += 1 }
            session.greet(refusing: reply)
            finish("Refused: \(reply)")
        case .accept(let delay):
            if isDraining {
                drain()
            } else if let xclient {
                greet(hasHello: xclient.helo != nil)
            } else if isEarly {
                greetEarlyTalker()
            } else if delay > .zero {
                stage = .greetingDelay
                after(delay) {
                    if $0.stage == .greetingDelay { $0.greet() }
                }
                readMore()
            } else {
                greet()
            }
        }
    }

    private func greetEarlyTalker() {
        guard let policy else { return }
        server.count { $0.earlyTalkers += 1 }
        stage = .opening
        ask(policy.earlyTalker(client)) { handler, reply in
            guard handler.stage == .opening else { return }
            if let reply {
                handler.server.count { $0.refused += 1 }
                handler.session.greet(refusing: reply)
                handler.finish("An early talker: \(reply)")
            } else {
                handler.greet()
            }
        }
    }

    private func greet(hasHello: Bool = false) {
        if isDraining { return drain() }
        stage = .dialogue
        session.greet(hasHello: hasHello)
        awaitCommand()
        process()
    }
}
