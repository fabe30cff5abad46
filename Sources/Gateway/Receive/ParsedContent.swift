import Glibc
import MailAuthentication
import SMTPServer
import Spool

/// The content of a message as authentication reads it, and as the spool takes it.
struct ParsedContent {
    let message: RawMessage
    private let content: MessageContent
    private let mapped: MappedContent?

    /// Nil when a file cannot be read.
    init?(_ content: MessageContent) {
        self.content = content
        switch content {
        case .memory(let octets):
            message = RawMessage(octets, lineEnds: .asSent)
            mapped = nil
        case .file(let file):
            guard let mapped = MappedContent(path: file.path) else { return nil }
            message = mapped.message
            self.mapped = mapped
        }
    }

    /// Removes what a refused message left on the disk.
    func discard() {
        if case .file(let file) = content { unlink(file.path) }
    }

    /// The content without some of its fields, by their places; nil when a file cannot be written.
    func content(without indices: [Int]) -> SpoolContent? {
        switch content {
        case .memory(let octets):
            guard !indices.isEmpty else { return .memory(octets) }
            return .memory(ForgedFields.removing(indices, from: octets, message))
        case .file(let file):
            guard !indices.isEmpty else { return .file(path: file.path, count: file.count) }
            return rewritten(file, indices)
        }
    }

    /// A large message is written once more, its header without the fields. The spool takes the new
    /// file and syncs it.
    private func rewritten(_ file: ContentFile, _ indices: [Int]) -> SpoolContent? {
        guard let mapped else { return nil }
        let end = mapped.endOfHeader
        let header = ForgedFields.removing(indices, from: Array(mapped.octets[..<end]), message)
        let path = file.path + ".clean"
        let output = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard output >= 0 else { return nil }
        defer { close(output) }
        let isWritten =
            header.withUnsafeBytes { Self.writeAll($0, to: output) }
            && Self.writeAll(UnsafeRawBufferPointer(rebasing: mapped.octets[end...]), to: output)
        guard isWritten else {
            unlink(path)
            return nil
        }
        unlink(file.path)
        return .file(path: path, count: header.count + file.count - end)
    }

    private static func writeAll(_ octets: UnsafeRawBufferPointer, to file: Int32) -> Bool {
        var rest = octets
        while !rest.isEmpty {
            let written = write(file, rest.baseAddress, rest.count)
            guard written > 0 else {
                if written < 0, errno == EINTR { continue }
                return false
            }
            rest = UnsafeRawBufferPointer(rebasing: rest[written...])
        }
        return true
    }
}
