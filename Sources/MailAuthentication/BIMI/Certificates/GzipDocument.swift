import CZlib

/// A small file compressed with gzip (RFC 1952), opened in one step and never beyond a limit.
enum GzipDocument {
    enum Outcome {
        case plain([UInt8])
        case tooLarge
        case damaged
    }

    static func isCompressed(_ octets: [UInt8]) -> Bool {
        octets.starts(with: [0x1F, 0x8B])
    }

    /// Anything behind the first member makes the file damaged: what is hashed and what is shown
    /// must be the whole of it.
    static func decompress(_ octets: [UInt8], limit: Int) -> Outcome {
        var stream = z_stream()
        // 16: a gzip header is demanded; 15: the largest window.
        guard
            inflateInit2_(&stream, 16 + 15, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size))
                == Z_OK
        else { return .damaged }
        defer { inflateEnd(&stream) }
        var input = octets
        var output = [UInt8](repeating: 0, count: limit + 1)
        let code = input.withUnsafeMutableBufferPointer { input in
            output.withUnsafeMutableBufferPointer { output in
                stream.next_in = input.baseAddress
                stream.avail_in = uInt(clamping: input.count)
                stream.next_out = output.baseAddress
                stream.avail_out = uInt(clamping: output.count)
                return inflate(&stream, Z_FINISH)
            }
        }
        let count = output.count - Int(stream.avail_out)
        if count > limit { return .tooLarge }
        guard code == Z_STREAM_END, stream.avail_in == 0 else { return .damaged }
        output.removeLast(output.count - count)
        return .plain(output)
    }
}
