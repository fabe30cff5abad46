internal import NIOCore
internal import NIOPosix
internal import SMTP

/// A transaction on its way through a connection.
struct DeliveryJob: Sendable {
    enum Content: Sendable {
        case none
        /// Short enough to be made ready beforehand.
        case whole(ByteBuffer)
        case streamed(ContentFeed)
    }

    enum End: Sendable {
        case ended(SMTPTransactionOutcome, isReusable: Bool)
        /// The connection was gone before a word was said.
        case notBegun
    }

    let number: Int
    let transaction: SMTPTransaction
    let content: Content
    let contentAheadTime: Duration
    /// Where streamed content is read.
    let threads: NIOThreadPool
    let end: @Sendable (End) -> Void
}
