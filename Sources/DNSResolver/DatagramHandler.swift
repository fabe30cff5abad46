internal import DNS
internal import NIOCore

/// Waits on a socket of its own for the one datagram that answers a query.
final class DatagramHandler: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>

    private let query: Query
    private let server: SocketAddress
    private let promise: EventLoopPromise<[UInt8]>
    private var strays = 0

    init(query: Query, server: SocketAddress, promise: EventLoopPromise<[UInt8]>) {
        self.query = query
        self.server = server
        self.promise = promise
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let envelope = unwrapInboundIn(data)
        let bytes = Array(envelope.data.readableBytesView)
        switch envelope.remoteAddress == server ? query.judge(bytes) : .stray {
        case .answer(let message):
            if message.isTruncated {
                promise.fail(ExchangeFailure.needsTCP)
            } else {
                promise.succeed(bytes)
            }
        case .caseDiffers:
            promise.fail(ExchangeFailure.needsTCP)
        case .stray:
            strays += 1
            if strays >= Limits.strayDatagrams { promise.fail(ExchangeFailure.needsTCP) }
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // On a connected socket: the machine answered that nothing listens there.
        promise.fail(ExchangeFailure.unreachable("nothing answers there"))
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        promise.fail(ExchangeFailure.closed)
    }
}
