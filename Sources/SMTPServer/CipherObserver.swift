internal import NIOCore
internal import SMTP

/// Reads the name of the cipher from our own hello on its way out, and steps aside.
final class CipherObserver: ChannelOutboundHandler, RemovableChannelHandler {
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// As `ServerHello` names it; nil until known.
    private(set) var cipher: String?
    private var seen = ByteBuffer()
    private var isDone = false

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if !isDone {
            var part = unwrapOutboundIn(data)
            seen.writeBuffer(&part)
            cipher = ServerHello.cipherSuite(in: seen.readableBytesView)
            if cipher != nil || seen.readableBytes >= ServerHello.longestHead {
                isDone = true
                seen = ByteBuffer()
            }
        }
        context.write(data, promise: promise)
    }
}
