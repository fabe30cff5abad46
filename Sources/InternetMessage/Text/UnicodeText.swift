/// UTF-16 (RFC 2781).
enum UTF16Text {
    static func decode(_ bytes: [UInt8], isBigEndian: Bool?) -> DecodedText {
        var start = 0
        var bigEndian = isBigEndian ?? true
        if bytes.count >= 2 {
            switch (bytes[0], bytes[1]) {
            case (0xFE, 0xFF): (bigEndian, start) = (true, 2)
            case (0xFF, 0xFE): (bigEndian, start) = (false, 2)
            default: break
            }
        }
        var units: [UInt16] = []
        units.reserveCapacity(bytes.count / 2)
        var index = start
        while index &+ 1 < bytes.count {
            let (first, second) = (UInt16(bytes[index]), UInt16(bytes[index &+ 1]))
            units.append(bigEndian ? first &<< 8 | second : second &<< 8 | first)
            index &+= 2
        }
        let isWhole = index == bytes.count && String(validating: units, as: UTF16.self) != nil
        return DecodedText(
            text: String(decoding: units, as: UTF16.self), charset: "utf-16",
            defects: isWhole ? [] : [.invalidCharsetOctets])
    }
}

/// UTF-7 (RFC 2152): no one should write it, but filters are evaded with it.
enum UTF7Text {
    static func decode(_ bytes: [UInt8]) -> DecodedText {
        var units: [UInt16] = []
        var defects: Set<Defect.Code> = []
        var index = 0
        while index < bytes.count {
            let octet = bytes[index]
            index &+= 1
            guard octet == UInt8(ascii: "+") else {
                if octet >= 0x80 { defects.insert(.invalidCharsetOctets) }
                units.append(octet < 0x80 ? UInt16(octet) : 0xFFFD)
                continue
            }
            if index < bytes.count, bytes[index] == Octet.hyphen {
                units.append(UInt16(UInt8(ascii: "+")))
                index &+= 1
                continue
            }
            let start = index
            while index < bytes.count, isBase64(bytes[index]) { index &+= 1 }
            let run = Base64Decoder.decode(bytes, in: start..<index, limit: .max).bytes
            var place = 0
            while place &+ 1 < run.count {
                units.append(UInt16(run[place]) &<< 8 | UInt16(run[place &+ 1]))
                place &+= 2
            }
            if index < bytes.count, bytes[index] == Octet.hyphen { index &+= 1 }
        }
        return DecodedText(
            text: String(decoding: units, as: UTF16.self), charset: "utf-7", defects: defects)
    }

    private static func isBase64(_ octet: UInt8) -> Bool {
        octet.isLetter || octet.isDigit || octet == UInt8(ascii: "+") || octet == Octet.slash
    }
}
