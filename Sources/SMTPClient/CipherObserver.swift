internal import NIOCore
internal import SMTP

/// Reads the name of the cipher from the server's hello, and steps aside.
final class CipherObserver: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    /// As `ServerHello` names it; nil until known.
    private(set) var cipher: String?
    private var seen = ByteBuffer()
    private var isDone = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if !isDone {
            var part = unwrapInboundIn(data)
            seen.writeBuffer(&part)
            cipher = ServerHello.cipherSuite(in: seen.readableBytesView)
            if cipher != nil || seen.readableBytes >= ServerHello.longestHead {
                isDone = true
                seen = ByteBuffer()
            }
        }
        context.fireChannelRead(data)
    }
}
