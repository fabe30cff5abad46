/// What follows `<`: comments, CDATA sections, instructions, and what is refused.
extension XMLReader {
    /// Decides by the bytes after `<` what the markup is.
    mutating func readMarkup(_ bytes: XMLBytes, _ index: Int) throws(XMLFailure) -> Int {
        let byte = bytes[index]
        if state == .bang { return try readBang(byte, index) }
        token.removeAll(keepingCapacity: true)
        switch byte {
        case UInt8(ascii: "/"):
            state = .endName
        case UInt8(ascii: "!"):
            state = .bang
        case UInt8(ascii: "?"):
            endMatch = 0
            state = .instruction
        case _ where XMLText.beginsName(byte):
            attributeCount = 0
            state = .startName
            return index
        default:
            depart(.strayMarkup, at: tagOffset, "A < begins no tag; it was read as the character.")
            state = .text
            put([UInt8(ascii: "<")])
            return index
        }
        return index + 1
    }

    private static var cdataOpening: [UInt8] { Array("[CDATA[".utf8) }

    private mutating func readBang(_ byte: UInt8, _ index: Int) throws(XMLFailure) -> Int {
        token.append(byte)
        endMatch = 0
        if token.elementsEqual("--".utf8) {
            state = .comment
        } else if token == Self.cdataOpening {
            state = .cdata
        } else if (token[0] | 0x20) &- 0x61 < 26 {
            // DOCTYPE, and ENTITY, ELEMENT … of one: where bombs and file readers come from.
            throw XMLFailure(
                .documentTypeDeclaration, at: tagOffset,
                "The document declares a document type, which no report needs and which can "
                    + "carry an attack. It was not read.")
        } else if token != [UInt8(ascii: "-")],
            !Self.cdataOpening.starts(with: token)
        {
            depart(.strayMarkup, at: tagOffset, "Markup of no known kind was left out.")
            state = .skipToEnd
            return index
        }
        return index + 1
    }

    /// Reads to the end of a comment, a CDATA section, an instruction or unknown markup.
    mutating func readSection(_ bytes: XMLBytes, _ start: Int) throws(XMLFailure) -> Int {
        switch state {
        case .comment:
            return skip(bytes, start, repeated: UInt8(ascii: "-"))
        case .cdata:
            return try readCharacterData(bytes, start)
        case .instruction:
            return skipInstruction(bytes, start)
        default:
            var index = start
            while index < bytes.count {
                if bytes[index] == UInt8(ascii: ">") {
                    state = .text
                    return index + 1
                }
                index += 1
            }
            return index
        }
    }

    /// Skips up to two of `byte` with `>` after them.
    private mutating func skip(
        _ bytes: XMLBytes, _ start: Int, repeated byte: UInt8
    ) -> Int {
        var index = start
        while index < bytes.count {
            let next = bytes[index]
            index += 1
            if next == byte {
                endMatch = min(2, endMatch + 1)
            } else if next == UInt8(ascii: ">"), endMatch == 2 {
                state = .text
                return index
            } else {
                endMatch = 0
            }
        }
        return index
    }

    private mutating func skipInstruction(_ bytes: XMLBytes, _ start: Int) -> Int {
        var index = start
        while index < bytes.count {
            let next = bytes[index]
            if next == UInt8(ascii: "<") {
                depart(
                    .strayMarkup, at: pieceOffset + index,
                    "An instruction has no end; it was ended at the next tag.")
                state = .text
                return index
            }
            index += 1
            if next == UInt8(ascii: ">"), endMatch == 1 {
                state = .text
                return index
            }
            endMatch = next == UInt8(ascii: "?") ? 1 : 0
        }
        return index
    }

    /// Text up to `]]>`. Brackets are held back until it is clear that they are no end.
    private mutating func readCharacterData(
        _ bytes: XMLBytes, _ start: Int
    ) throws(XMLFailure) -> Int {
        var index = start
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "]") {
                index += 1
                if endMatch == 2 {
                    try emitBrackets(1, at: pieceOffset + index)
                } else {
                    endMatch += 1
                }
                continue
            }
            if byte == UInt8(ascii: ">"), endMatch == 2 {
                state = .text
                return index + 1
            }
            try emitBrackets(endMatch, at: pieceOffset + index)
            endMatch = 0
            let rest = XMLBytes(rebasing: bytes[index...])
            let length = rest.firstIndex(of: UInt8(ascii: "]")) ?? rest.count
            try emit(XMLBytes(rebasing: rest[0..<length]), at: pieceOffset + index)
            index += length
        }
        return index
    }

    private mutating func emitBrackets(_ count: Int, at offset: Int) throws(XMLFailure) {
        guard count > 0 else { return }
        var thrown: XMLFailure?
        Array(repeating: UInt8(ascii: "]"), count: count).withUnsafeBufferPointer { brackets in
            do throws(XMLFailure) { try emit(brackets, at: offset) } catch { thrown = error }
        }
        if let thrown { throw thrown }
    }
}
