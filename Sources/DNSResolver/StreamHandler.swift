internal import NIOCore

/// Waits on a connection for the answer to a message, behind its length (RFC 7766 §8).
final class StreamHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    /// Whether octets are the answer.
    private let isAnswer: @Sendable ([UInt8]) -> Bool
    private let promise: EventLoopPromise<[UInt8]>
    private var received = ByteBuffer()

    init(
        isAnswer: @escaping @Sendable ([UInt8]) -> Bool, promise: EventLoopPromise<[UInt8]>
    ) {
        self.isAnswer = isAnswer
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
        if isAnswer(bytes) {
            promise.succeed(bytes)
        } else {
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
