import FoundationEssentials
import InternetMessage
import MailReports

/// Cuts a list of files into batches that are read, judged and stored together. An mbox file is
/// opened up into its messages.
struct BatchMaker {
    struct Batch: Sendable {
        var raws: [RawReport] = []
        var byteCount: Int64 = 0
    }

    private let files: [FileList.File]
    private let limits: IntakeLimits
    private let door: String
    private var index = 0
    private var mailbox: OpenMailbox?
    private(set) var unreadable: [ReportRefusal] = []

    init(files: [FileList.File], limits: IntakeLimits, door: String) {
        self.files = files
        self.limits = limits
        self.door = door
    }

    /// The next batch; nil when all files are through.
    mutating func next() -> Batch? {
        var batch = Batch()
        while batch.raws.count < limits.filesTogether, batch.byteCount < limits.bytesTogether {
            if mailbox != nil {
                addMessages(to: &batch)
            } else if index < files.count {
                index += 1
                add(files[index - 1], to: &batch)
            } else {
                break
            }
        }
        return batch.raws.isEmpty && mailbox == nil && index >= files.count ? nil : batch
    }

    private mutating func add(_ file: FileList.File, to batch: inout Batch) {
        do {
            let source = try FileSource(path: file.path)
            let isWhole = file.byteCount <= limits.wholeBytes
            let bytes = try Self.read(
                source, atMost: isWhole ? limits.wholeBytes + 1 : Self.mailboxStart.count,
                expecting: Int(file.byteCount))
            if bytes.starts(with: Self.mailboxStart) {
                mailbox = try OpenMailbox(file: file, limits: limits)
                return
            }
            batch.byteCount += file.byteCount
            batch.raws.append(
                RawReport(
                    name: file.name, door: door,
                    content: isWhole ? .bytes(bytes) : .file(path: file.path)))
        } catch let refusal as ReportRefusal {
            unreadable.append(refusal)
        } catch {
            unreadable.append(
                ReportRefusal(
                    .unreadableFile, path: file.path, "The file cannot be read: \(error)."))
        }
    }

    private mutating func addMessages(to batch: inout Batch) {
        guard var open = mailbox else { return }
        do {
            while batch.raws.count < limits.filesTogether, batch.byteCount < limits.bytesTogether {
                guard let (number, message) = try open.next() else {
                    mailbox = nil
                    return
                }
                guard !message.isTruncated else {
                    unreadable.append(
                        ReportRefusal(
                            .tooLarge, path: "\(open.name) › message \(number)",
                            "The message is longer than \(limits.messageBytes >> 20) MiB. Save its "
                                + "attachment and import that."))
                    continue
                }
                batch.byteCount += Int64(message.bytes.count)
                batch.raws.append(
                    RawReport(
                        name: "\(open.name) › message \(number)", door: door,
                        content: .bytes(message.bytes)))
            }
            mailbox = open
        } catch let refusal as ReportRefusal {
            mailbox = nil
            unreadable.append(refusal)
        } catch {
            mailbox = nil
            unreadable.append(
                ReportRefusal(
                    .unreadableFile, path: open.name, "The mailbox cannot be read: \(error)."))
        }
    }

    /// How an mbox file begins.
    private static let mailboxStart = Array("From ".utf8)

    /// - Parameter size: octets of the file, as it was listed; 0 where nobody knows. As many that
    ///   come at once are all of it, and save the question whether there are more.
    static func read(
        _ source: FileSource, atMost limit: Int, expecting size: Int = 0
    ) throws -> [UInt8] {
        var bytes: [UInt8] = []
        if size > 0, size < limit {
            bytes = try [UInt8](unsafeUninitializedCapacity: size + 1) { buffer, count in
                count = try source.read(into: UnsafeMutableRawBufferPointer(buffer))
            }
            if bytes.isEmpty || bytes.count == size { return bytes }
        }
        while bytes.count < limit {
            let room = min(1 << 16, limit - bytes.count)
            let part = try [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
                count = try source.read(into: UnsafeMutableRawBufferPointer(buffer))
            }
            if part.isEmpty { break }
            bytes += part
        }
        return bytes
    }
}

/// An mbox file, read message by message.
private struct OpenMailbox {
    let name: String
    private let source: FileSource
    private var splitter: MboxSplitter
    private var waiting: [MboxMessage] = []
    private var number = 0
    private var isAtEnd = false

    init(file: FileList.File, limits: IntakeLimits) throws {
        self.name = file.name
        self.source = try FileSource(path: file.path)
        self.splitter = MboxSplitter(messageLimit: limits.messageBytes)
    }

    mutating func next() throws -> (Int, MboxMessage)? {
        while waiting.isEmpty {
            guard !isAtEnd else { return nil }
            let chunk = try BatchMaker.read(source, atMost: 1 << 18)
            if chunk.isEmpty {
                isAtEnd = true
                waiting = splitter.finish().reversed()
            } else {
                waiting = splitter.feed(chunk).reversed()
            }
        }
        number += 1
        return waiting.popLast().map { (number, $0) }
    }
}
