/// Base64 (RFC 4648 §4) that arrives as text: a mail body whose encoding was not declared.
enum Base64Text {
    /// True for the encoded openings of gzip, zip and XML.
    static func looksPacked(_ head: UnsafeRawBufferPointer) -> Bool {
        ["H4sI", "UEsDB", "PD94bWw", "PGZlZWRiYWNr"].contains { head.starts(with: $0.utf8) }
    }

    /// Decodes as it reads; the first byte that is neither a digit nor a blank is the end.
    static func open(_ input: ByteStream) -> ByteStream {
        var held: UInt32 = 0
        var bits: UInt32 = 0
        var isFinished = false
        let chunk = ChunkBuffer(count: 4_096)
        return ByteStream { target in
            var written = 0
            while written == 0, !isFinished {
                // Four digits give three bytes, so what is read always fits.
                let room = UnsafeMutableRawBufferPointer(
                    rebasing: chunk.bytes.prefix(min(chunk.bytes.count, target.count)))
                let count = try input.read(into: room)
                if count == 0 { isFinished = true }
                for byte in room.prefix(count) {
                    guard let digit = value(byte) else {
                        if byte == 0x20 || (0x09...0x0D).contains(byte) { continue }
                        isFinished = true
                        break
                    }
                    held = held << 6 | digit
                    bits += 6
                    if bits >= 8 {
                        bits -= 8
                        target[written] = UInt8(truncatingIfNeeded: held >> bits)
                        written += 1
                    }
                }
            }
            return written
        }
    }

    private static func value(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(byte) - 65
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(byte) - 71
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte) + 4
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}

/// Bytes that are freed with their last user.
final class ChunkBuffer {
    let bytes: UnsafeMutableRawBufferPointer

    init(count: Int) { bytes = .allocate(byteCount: count, alignment: 16) }
    deinit { bytes.deallocate() }
}
