import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// A server that follows a script, and writes down what it hears.
final class FakeServer: Sendable {
    enum Step: Sendable {
        /// Says a reply, or several lines.
        case say(String)
        /// Says octets as they are.
        case raw(String)
        /// Reads lines; QUIT is answered without a script.
        case hear(Int)
        /// Reads up to a dot alone at the end.
        case content
        /// Reads a number of octets.
        case octets(Int)
        case tls(NIOSSLContext)
        case close
        /// Goes back to a step of the script.
        case again(Int)
    }

    private struct State {
        var heard: [String] = []
        var connections = 0
        var closed = 0
    }

    let port: Int
    private let channel: any Channel
    private let state: StateBox

    fileprivate final class StateBox: Sendable {
        private let state = Mutex(State())
        func hear(_ words: String) { state.withLock { $0.heard.append(words) } }
        func connect() -> Int {
            state.withLock {
                $0.connections += 1
                return $0.connections - 1
            }
        }
        func close() { state.withLock { $0.closed += 1 } }
        var heard: [String] { state.withLock { $0.heard } }
        var connections: Int { state.withLock { $0.connections } }
        var closed: Int { state.withLock { $0.closed } }
    }

    /// Lines and contents, over all connections, in order.
    var heard: [String] { state.heard }
    var connections: Int { state.connections }
    var closedConnections: Int { state.closed }

    /// The n-th connection gets the n-th script; later ones the last.
    init(_ scripts: [Step]...) async throws {
        let box = StateBox()
        state = box
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                let number = box.connect()
                let script = scripts[min(number, scripts.count - 1)]
                return channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(ScriptHandler(script, box))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        port = channel.localAddress?.port ?? 0
    }

    func stop() async {
        try? await channel.close().get()
    }
}

private final class ScriptHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let script: [FakeServer.Step]
    private let box: FakeServer.StateBox
    private var position = 0
    private var heardLines = 0
    private var buffer = ByteBuffer()

    init(_ script: [FakeServer.Step], _ box: FakeServer.StateBox) {
        self.script = script
        self.box = box
    }

    func channelActive(context: ChannelHandlerContext) { goOn(context) }

    func channelInactive(context: ChannelHandlerContext) { box.close() }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        box.hear("<\(error)>")
        context.close(promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var part = unwrapInboundIn(data)
        buffer.writeBuffer(&part)
        goOn(context)
    }

    private func goOn(_ context: ChannelHandlerContext) {
        while position < script.count, context.channel.isActive {
            switch script[position] {
            case .say(let text): write(text + "\r\n", context)
            case .raw(let text): write(text, context)
            case .hear(let count):
                guard let line = line() else { return }
                box.hear(line)
                if line == "QUIT" { return sayGoodbye(context) }
                heardLines += 1
                if heardLines < count { continue }
                heardLines = 0
            case .content:
                guard let content = content() else { return }
                box.hear(content)
            case .octets(let count):
                guard let text = buffer.readString(length: count) else { return }
                box.hear(text)
            case .tls(let tls):
                try? context.pipeline.syncOperations.addHandler(
                    NIOSSLServerHandler(context: tls), position: .first)
            case .close:
                context.close(promise: nil)
                return
            case .again(let step):
                position = step
                // A script that never waits must leave the event loop to others.
                context.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(1)) { [self] in
                    goOn(context)
                }
                return
            }
            position += 1
        }
        if position == script.count, line() == "QUIT" { sayGoodbye(context) }
    }

    private func sayGoodbye(_ context: ChannelHandlerContext) {
        write("221 bye\r\n", context)
        context.close(promise: nil)
    }

    private func write(_ text: String, _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
    }

    private func line() -> String? {
        guard let end = buffer.readableBytesView.firstIndex(of: 0x0A) else { return nil }
        let text = buffer.readString(length: end - buffer.readerIndex + 1)
        return text.map { String($0.dropLast()) }
    }

    /// A client waits for the reply behind the dot, so that the dot is the last that has come.
    private func content() -> String? {
        let view = buffer.readableBytesView
        let isWhole =
            view.elementsEqual(".\r\n".utf8) || view.suffix(5).elementsEqual("\r\n.\r\n".utf8)
        guard isWhole else { return nil }
        let text = String(decoding: view.dropLast(3), as: UTF8.self)
        buffer.clear()
        return text
    }
}
