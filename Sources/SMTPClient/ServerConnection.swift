internal import NIOCore
internal import NIOPosix
internal import SMTP
internal import Synchronization

/// An open connection to a server, ready for messages one after the other.
final class ServerConnection: Sendable {
    let channel: any Channel
    /// As they are for its first message.
    let facts: ConnectionFacts
    private let handler: NIOLoopBound<ConversationHandler>
    private let options: SMTPClientOptions
    private let jobs = Atomic<Int>(0)

    init(
        _ channel: any Channel, _ handler: NIOLoopBound<ConversationHandler>,
        _ facts: ConnectionFacts, _ options: SMTPClientOptions
    ) {
        self.channel = channel
        self.handler = handler
        self.facts = facts
        self.options = options
    }

    /// Whether it has carried as many messages as it may.
    var isWornOut: Bool { jobs.load(ordering: .relaxed) >= options.messagesPerConnection }

    /// Whether it has carried a message.
    var isUsed: Bool { jobs.load(ordering: .relaxed) > 0 }

    /// Hands over a message; the content's first pieces are read by the caller.
    func deliver(_ message: OutgoingMessage) async -> DeliveryJob.End {
        let transaction = SMTPTransaction(
            envelope: message.envelope, octets: message.content.count,
            isEightBit: message.isEightBit, isBinary: message.isBinary,
            hasInternationalHeader: message.hasInternationalHeader,
            allowsContentAhead: message.content.count <= Limits.wholeContentOctets)
        var feed = ContentFeed(message.content, framing(of: transaction))
        let content: DeliveryJob.Content
        if message.content.count <= Limits.wholeContentOctets {
            do {
                content = .whole(try feed.whole())
            } catch {
                return unreadable(message)
            }
        } else {
            content = .streamed(feed)
        }
        return await run(transaction, content)
    }

    /// Asks whether mail would be taken.
    func probe(_ path: ForwardPath) async -> DeliveryJob.End {
        await run(SMTPTransaction(probing: path), .none)
    }

    func quit() {
        channel.eventLoop.execute { [handler] in handler.value.quit() }
    }

    func cancel() {
        channel.eventLoop.execute { [handler] in handler.value.cancel() }
    }

    private func framing(of transaction: SMTPTransaction) -> ContentFraming {
        SMTPClientSession.framing(
            of: transaction, facts.extensions, usesChunking: options.usesChunking)
    }

    private func unreadable(_ message: OutgoingMessage) -> DeliveryJob.End {
        let failure = SMTPClientFailure(.mail, .contentUnreadable)
        return .ended(
            SMTPTransactionOutcome(
                recipients: Array(
                    repeating: .failed(failure), count: message.envelope.recipients.count)),
            isReusable: true)
    }

    private func run(
        _ transaction: SMTPTransaction, _ content: DeliveryJob.Content
    ) async -> DeliveryJob.End {
        let number = jobs.add(1, ordering: .relaxed).newValue
        return await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                let job = DeliveryJob(
                    number: number, transaction: transaction, content: content,
                    contentAheadTime: options.contentAheadTime,
                    threads: .singleton, end: { waiter.resume(returning: $0) })
                channel.eventLoop.execute { [handler] in handler.value.start(job) }
            }
        } onCancel: {
            cancel()
        }
    }
}
