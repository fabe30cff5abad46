import CZlib

/// The wrappings in which reporters send their reports.
enum Containers {
    /// A gzip member.
    static func gzip(_ bytes: [UInt8]) -> [UInt8] { deflated(bytes, windowBits: 15 + 16) }

    /// A zip archive with one entry (APPNOTE 6.3.10 §4.3).
    static func zip(_ bytes: [UInt8], name: String) -> [UInt8] {
        let body = deflated(bytes, windowBits: -15)
        let check = bytes.withUnsafeBufferPointer {
            UInt32(crc32(0, $0.baseAddress, UInt32($0.count)))
        }
        let label = Array(name.utf8)
        var common: [UInt8] = []
        common += little(UInt16(20)) + little(UInt16(0)) + little(UInt16(8))
        common += little(UInt16(0)) + little(UInt16(0x21)) + little(check)
        common += little(UInt32(body.count)) + little(UInt32(bytes.count))
        common += little(UInt16(label.count)) + little(UInt16(0))
        var archive = little(UInt32(0x0403_4B50)) + common + label + body
        let directoryStart = archive.count
        archive += little(UInt32(0x0201_4B50)) + little(UInt16(20)) + common
        archive += little(UInt16(0)) + little(UInt16(0)) + little(UInt16(0))
        archive += little(UInt32(0)) + little(UInt32(0)) + label
        let directorySize = archive.count - directoryStart
        archive += little(UInt32(0x0605_4B50)) + little(UInt16(0)) + little(UInt16(0))
        archive += little(UInt16(1)) + little(UInt16(1))
        archive += little(UInt32(directorySize)) + little(UInt32(directoryStart))
        return archive + little(UInt16(0))
    }

    /// A mail with the report as its attachment.
    static func mail(_ attachment: [UInt8], name: String, from: String, subject: String) -> [UInt8]
    {
        var text = """
            From: \(from)\r
            To: dmarc@reports.example\r
            Subject: \(subject)\r
            MIME-Version: 1.0\r
            Content-Type: multipart/mixed; boundary="=_part"\r
            \r
            --=_part\r
            Content-Type: text/plain\r
            \r
            This is a DMARC aggregate report.\r
            --=_part\r
            Content-Type: application/gzip; name="\(name)"\r
            Content-Disposition: attachment; filename="\(name)"\r
            Content-Transfer-Encoding: base64\r
            \r

            """
        let code = base64(attachment)
        var rest = Substring(code)
        while !rest.isEmpty {
            text += rest.prefix(76) + "\r\n"
            rest = rest.dropFirst(76)
        }
        return Array((text + "--=_part--\r\n").utf8)
    }

    private static func deflated(_ bytes: [UInt8], windowBits: Int32) -> [UInt8] {
        var stream = z_stream()
        let status = deflateInit2_(
            &stream, 6, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        precondition(status == Z_OK, "zlib could not start")
        defer { deflateEnd(&stream) }
        var output = [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(bytes.count))))
        var input = bytes
        let produced = input.withUnsafeMutableBufferPointer { from in
            output.withUnsafeMutableBufferPointer { into -> Int in
                stream.next_in = from.baseAddress
                stream.avail_in = UInt32(from.count)
                stream.next_out = into.baseAddress
                stream.avail_out = UInt32(into.count)
                _ = deflate(&stream, Z_FINISH)
                return into.count - Int(stream.avail_out)
            }
        }
        return Array(output.prefix(produced))
    }

    private static func little(_ value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }

    private static func base64(_ bytes: [UInt8]) -> String {
        let alphabet = Array(
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            var word = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            word <<= UInt32(8 * (3 - group.count))
            for place in 0..<4 {
                let isPadding = place > group.count
                text.append(
                    isPadding ? 0x3D : alphabet[Int(word >> UInt32(18 - 6 * place)) & 63])
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
