internal import NIOCore

/// Waits on a connection for the answer to a query, behind its length (RFC 7766 §8).
final class StreamHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let query: Query
    private let promise: EventLoopPromise<[UInt8]>
    private var received = ByteBuffer()

    init(query: Query, promise: EventLoopPromise<[UInt8]>) {
        self.query = query
        self.promise = promise
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var part = unwrapInboundIn(data)
        received.writeBuffer(&part)
        guard let length = received.getInteger(at: received.readerIndex, as: UInt16.self),
            received.readableBytes >= 2 + Int(length)
        else { return }
        received.moveReaderIndex(forwardBy: 2)
        let bytes = received.readBytes(length: Int(length)) ?? []
        switch query.judge(bytes) {
        // Nobody forges into a connection by guessing, so folded letters are no sign of it.
        case .answer, .caseDiffers: promise.succeed(bytes)
        case .stray:
            promise.fail(ExchangeFailure.unreachable("the server answered another question"))
        }
        context.close(promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        promise.fail(ExchangeFailure.unreachable("the connection broke"))
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        promise.fail(ExchangeFailure.unreachable("the server closed the connection"))
    }
}
