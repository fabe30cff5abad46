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

    /// Octets.
    var count: Int { content.count }

    /// Whether the content is in a file, for its size.
    var isLarge: Bool { mapped != nil }

    /// Everything, copied where it lies in a file.
    var octets: [UInt8] {
        switch content {
        case .memory(let octets): octets
        case .file: mapped.map { Array($0.octets) } ?? []
        }
    }

    /// The edits that take some fields out, by their places.
    func removals(_ indices: [Int]) -> [ContentEdit] {
        guard !indices.isEmpty else { return [] }
        switch content {
        case .memory(let octets):
            return octets.withUnsafeBytes { ForgedFields.removals(indices, from: $0, message) }
        case .file:
            return mapped.map { ForgedFields.removals(indices, from: $0.octets, message) } ?? []
        }
    }

    /// The content with edits, or as it came without any; nil when a file cannot be written.
    func edited(_ edits: [ContentEdit]) -> EditedContent? {
        switch content {
        case .memory(let octets):
            guard !edits.isEmpty else { return EditedContent(.memory(octets), message) }
            return EditedContent(.memory(ContentEdit.apply(edits, to: octets)), nil)
        case .file(let file):
            guard !edits.isEmpty else {
                return EditedContent(.file(path: file.path, count: file.count), message)
            }
            return rewritten(file, edits)
        }
    }

    /// A large message is written once more, under its own name in the end. The spool takes the new
    /// file and syncs it.
    private func rewritten(_ file: ContentFile, _ edits: [ContentEdit]) -> EditedContent? {
        guard let mapped else { return nil }
        let path = file.path + ".changed"
        let output = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard output >= 0 else { return nil }
        defer { close(output) }
        var count = 0
        let isWritten = ContentEdit.forEachPiece(of: mapped.octets, changedBy: edits) { piece in
            count += piece.count
            return Self.writeAll(piece, to: output)
        }
        guard isWritten, rename(path, file.path) == 0 else {
            unlink(path)
            return nil
        }
        return EditedContent(.file(path: file.path, count: count), nil)
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

/// A content after its edits, as the spool takes it and as it is signed.
struct EditedContent {
    let content: SpoolContent
    private let known: RawMessage?

    init(_ content: SpoolContent, _ message: RawMessage?) {
        self.content = content
        known = message
    }

    /// Nil when a file cannot be read.
    var message: RawMessage? {
        if let known { return known }
        return switch content {
        case .memory(let octets): RawMessage(octets, lineEnds: .asSent)
        case .file(let path, _): MappedContent(path: path)?.message
        }
    }
}
