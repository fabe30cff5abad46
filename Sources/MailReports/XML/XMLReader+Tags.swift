/// Tags with attributes, tags that chunks cut apart, and broken tags: byte by byte.
extension XMLReader {
    /// Reads a start tag from its name to its `>`.
    mutating func readTag(_ bytes: XMLBytes, _ start: Int) throws(XMLFailure) -> Int {
        var index = start
        while index < bytes.count {
            try checkTagLength(at: index)
            let byte = bytes[index]
            switch state {
            case .startName: index = try readStartName(byte, index)
            case .inTag: index = try readInTag(byte, index)
            case .emptyTag: index = try readEmptyTag(byte, index)
            case .attributeName, .beforeValue: index = try readAttributeName(byte, index)
            case .value: index = try readValue(byte, index)
            default: return index
            }
        }
        return index
    }

    private func checkTagLength(at index: Int) throws(XMLFailure) {
        guard pieceOffset + index - tagOffset <= limits.tagBytes else {
            throw XMLFailure(
                .malformed, at: tagOffset,
                "A tag has more than \(limits.tagBytes) bytes; the markup is broken or hostile.")
        }
    }

    private mutating func readStartName(_ byte: UInt8, _ index: Int) throws(XMLFailure) -> Int {
        switch byte {
        case UInt8(ascii: ">"), UInt8(ascii: "<"), UInt8(ascii: "/"):
            state = .inTag
            return index
        case _ where XMLText.isBlank(byte):
            state = .inTag
            return index + 1
        default:
            try Self.grow(&token, byte, to: limits.nameBytes, at: tagOffset)
            return index + 1
        }
    }

    private static func grow(
        _ name: inout [UInt8], _ byte: UInt8, to limit: Int, at offset: Int
    ) throws(XMLFailure) {
        guard name.count < limit else {
            throw XMLFailure(
                .malformed, at: offset, "A name in the markup has more than \(limit) bytes.")
        }
        name.append(byte)
    }

    private mutating func readInTag(_ byte: UInt8, _ index: Int) throws(XMLFailure) -> Int {
        switch byte {
        case UInt8(ascii: ">"):
            try openToken(isEmpty: false)
        case UInt8(ascii: "/"):
            state = .emptyTag
        case UInt8(ascii: "<"):
            depart(.strayMarkup, at: tagOffset, "A tag has no >; it was ended at the next <.")
            try openToken(isEmpty: false)
            return index
        case _ where XMLText.isBlank(byte):
            break
        default:
            attributeCount += 1
            guard attributeCount <= limits.attributes else {
                throw XMLFailure(
                    .tooManyElements, at: tagOffset,
                    "An element has more than \(limits.attributes) attributes.")
            }
            attribute.removeAll(keepingCapacity: true)
            value.removeAll(keepingCapacity: true)
            state = .attributeName
            // The first byte is part of the name, whatever it is.
            attribute.append(byte)
        }
        return index + 1
    }

    private mutating func readEmptyTag(_ byte: UInt8, _ index: Int) throws(XMLFailure) -> Int {
        if byte == UInt8(ascii: ">") {
            try openToken(isEmpty: true)
            return index + 1
        }
        depart(.strayMarkup, at: tagOffset, "A / inside a tag was left out.")
        state = .inTag
        return index
    }

    private mutating func readAttributeName(_ byte: UInt8, _ index: Int) throws(XMLFailure) -> Int {
        // Blanks may stand before and after the equals sign.
        if XMLText.isBlank(byte) { return index + 1 }
        if state == .beforeValue {
            let isQuoted = byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'")
            quote = isQuoted ? byte : 0
            state = .value
            if isQuoted { return index + 1 }
            depart(.strayMarkup, at: tagOffset, "An attribute's value has no quotes.")
            return index
        }
        switch byte {
        case UInt8(ascii: "="):
            state = .beforeValue
        case UInt8(ascii: ">"), UInt8(ascii: "<"), UInt8(ascii: "/"):
            depart(.strayMarkup, at: tagOffset, "An attribute has no value.")
            state = .inTag
            return index
        default:
            try Self.grow(&attribute, byte, to: limits.nameBytes, at: tagOffset)
        }
        return index + 1
    }

    private mutating func readValue(_ byte: UInt8, _ index: Int) throws(XMLFailure) -> Int {
        let isEnd =
            quote == 0
            ? XMLText.isBlank(byte) || byte == UInt8(ascii: ">") || byte == UInt8(ascii: "<")
            : byte == quote
        if isEnd {
            try emitAttribute()
            state = .inTag
            return quote == 0 ? index : index + 1
        }
        if value.count < limits.attributeBytes { value.append(byte) }
        return index + 1
    }

    private mutating func emitAttribute() throws(XMLFailure) {
        guard !isMuted else { return }
        var thrown: XMLFailure?
        attribute.withUnsafeBufferPointer { name in
            value.withUnsafeBufferPointer { value in
                do throws(XMLFailure) {
                    try handler.attribute(name: name, value: value)
                } catch {
                    thrown = error
                }
            }
        }
        if let thrown { throw thrown }
    }

    private mutating func openToken(isEmpty: Bool) throws(XMLFailure) {
        state = .text
        let name = token
        let colon = name.firstIndex(of: UInt8(ascii: ":")) ?? -1
        try withName(name) { (self, bytes) throws(XMLFailure) in
            try self.push(bytes, colon: colon, at: self.tagOffset, isEmpty: isEmpty)
        }
    }

    private mutating func withName(
        _ name: [UInt8], _ body: (inout Self, XMLBytes) throws(XMLFailure) -> Void
    ) throws(XMLFailure) {
        var thrown: XMLFailure?
        name.withUnsafeBufferPointer { bytes in
            do throws(XMLFailure) { try body(&self, bytes) } catch { thrown = error }
        }
        if let thrown { throw thrown }
    }

    // MARK: End tags

    /// Reads an end tag from its name to its `>`.
    mutating func readEndTag(_ bytes: XMLBytes, _ start: Int) throws(XMLFailure) -> Int {
        var index = start
        while index < bytes.count {
            try checkTagLength(at: index)
            let byte = bytes[index]
            if byte == UInt8(ascii: ">") || byte == UInt8(ascii: "<") {
                if byte == UInt8(ascii: "<") {
                    depart(.strayMarkup, at: tagOffset, "An end tag has no >.")
                }
                state = .text
                let name = token
                try withName(name) { (self, bytes) throws(XMLFailure) in
                    try self.closeTag(bytes, at: self.tagOffset)
                }
                return byte == UInt8(ascii: "<") ? index : index + 1
            }
            if XMLText.isBlank(byte) {
                state = .afterEndName
            } else if state == .endName {
                try Self.grow(&token, byte, to: limits.nameBytes, at: tagOffset)
            }
            index += 1
        }
        return index
    }
}
