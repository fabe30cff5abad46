import CZlib

/// Compresses reports in the gzip format (RFC 1952).
enum ReportGzip {
    /// One member without name and time: the same octets always give the same file, so that a
    /// report which is sent once more is the same one.
    static func pack(_ octets: [UInt8]) -> [UInt8] {
        var stream = z_stream()
        // 15 + 16: the largest window, and gzip around it.
        let status = deflateInit2_(
            &stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY,
            ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size))
        precondition(status == Z_OK, "zlib could not start")
        defer { deflateEnd(&stream) }
        var packed: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        var input = octets
        input.withUnsafeMutableBufferPointer { source in
            var start = 0
            var code = Z_OK
            repeat {
                // zlib counts in 32 bits.
                let count = min(source.count - start, 1 << 30)
                stream.next_in = source.baseAddress?.advanced(by: start)
                stream.avail_in = uInt(count)
                start += count
                let flush = start == source.count ? Z_FINISH : Z_NO_FLUSH
                repeat {
                    piece.withUnsafeMutableBufferPointer { target in
                        stream.next_out = target.baseAddress
                        stream.avail_out = uInt(target.count)
                        code = deflate(&stream, flush)
                        packed.append(
                            contentsOf: target.prefix(target.count - Int(stream.avail_out)))
                    }
                } while stream.avail_out == 0
            } while code != Z_STREAM_END && start < source.count
        }
        return packed
    }
}
