import Crypto
import MailReports
import Storage

/// Raw content that can be read several times: once for its digest, once to be kept, once as a
/// report.
struct RawSource: Sendable {
    let content: RawReport.Content

    init(_ content: RawReport.Content) throws { self.content = content }

    struct Digest: Sendable {
        var text: String
        var byteCount: Int
        var encoding: RawEncoding
    }

    /// One pass for the digest and the length.
    func digest() throws -> Digest {
        var hash = SHA256()
        var byteCount = 0
        var first: [UInt8] = []
        try eachChunk { chunk in
            if first.isEmpty { first = Array(chunk.prefix(4)) }
            hash.update(bufferPointer: chunk)
            byteCount += chunk.count
        }
        return Digest(
            text: digestText(hash.finalize()), byteCount: byteCount,
            encoding: RawEncoding(suiting: first))
    }

    /// Keeps the bytes, piece by piece.
    func keep(_ raw: RawReport, digest: Digest, in step: IngestTransaction) throws -> Int64 {
        let object = try step.addRawObject(
            digest: digest.text, byteCount: digest.byteCount, encoding: digest.encoding,
            name: raw.name, door: raw.door)
        var position = 0
        func keep(_ piece: [UInt8]) throws {
            try step.addRawPiece(piece, position: position, of: object)
            position += 1
        }
        var pieces = RawPieces(encoding: digest.encoding)
        try eachChunk { try pieces.feed($0, emit: keep) }
        try pieces.finish(emit: keep)
        return object
    }

    func read(
        with reader: ReportReader, name: String, into visitor: inout some ReportVisitor
    ) throws {
        switch content {
        case .bytes(let bytes):
            try reader.read(bytes, name: name, into: &visitor)
        case .file(let path):
            var source = try FileSource(path: path)
            try reader.read(&source, name: name, into: &visitor)
        }
    }

    private func eachChunk(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        switch content {
        case .bytes(let bytes):
            try bytes.withUnsafeBytes(body)
        case .file(let path):
            let source = try FileSource(path: path)
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 17, alignment: 16)
            defer { buffer.deallocate() }
            while true {
                let count = try source.read(into: buffer)
                guard count > 0 else { return }
                try body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            }
        }
    }
}
