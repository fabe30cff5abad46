/// The stack of open elements.
extension XMLReader {
    /// Opens an element whose qualified name is `name`; `colon` is where its prefix ends, or -1.
    @inline(__always)
    mutating func push(
        _ name: XMLBytes, colon: Int, at offset: Int, isEmpty: Bool = false
    ) throws(XMLFailure) {
        elementCount += 1
        guard elementCount <= limits.elements else {
            throw XMLFailure(
                .tooManyElements, at: offset, "The document has more than \(limits.elements) tags.")
        }
        if isMuted {
            if depth == 0 { noteSecondDocument(at: offset) }
        } else {
            let prefix = XMLBytes(rebasing: name[0..<max(0, colon)])
            let local = XMLBytes(rebasing: name[(colon + 1)...])
            var opening = try handler.open(prefix: prefix, name: local)
            if case .closeFirst(let count) = opening {
                handler.depart(
                    .unclosedElement, .repair, at: offset,
                    "An element has no end tag; it was ended where the next one began.")
                for _ in 0..<min(count, depth) { try pop(.implied) }
                guard !isMuted else { return }
                opening = try handler.open(prefix: prefix, name: local)
            }
            if case .transparent = opening { return }
        }
        guard depth < limits.depth else {
            throw XMLFailure(
                .tooDeep, at: offset, "Elements are nested more than \(limits.depth) deep.")
        }
        if isEmpty {
            if !isMuted {
                try handler.close(.tag)
                // A document may be one empty element.
                if depth == 0 { isMuted = true }
            }
            return
        }
        remember(name)
    }

    @inline(__always)
    private mutating func remember(_ name: XMLBytes) {
        let start = nameStarts[depth]
        let end = start + name.count
        while names.count < end { names.append(contentsOf: repeatElement(0, count: 256)) }
        names.withUnsafeMutableBufferPointer { stack in
            for index in 0..<name.count { stack[start + index] = name[index] }
        }
        depth += 1
        nameStarts[depth] = end
    }

    private mutating func noteSecondDocument(at offset: Int) {
        handler.depart(
            .strayMarkup, .repair, at: offset,
            "More elements follow the end of the report; they were not read.")
    }

    /// Closes the innermost element.
    @inline(__always)
    mutating func pop(_ manner: XMLClosing) throws(XMLFailure) {
        guard depth > 0 else { return }
        depth -= 1
        guard !isMuted else { return }
        try handler.close(manner)
        if depth == 0 { isMuted = true }
    }

    /// The length of the innermost element's name if `bytes` go on with it at `index`, else -1.
    @inline(__always)
    func matchInnermost(_ bytes: XMLBytes, _ index: Int) -> Int {
        guard depth > 0 else { return -1 }
        let start = nameStarts[depth - 1]
        let length = nameStarts[depth] - start
        guard index + length <= bytes.count else { return -1 }
        return names.withUnsafeBufferPointer { stack in
            for offset in 0..<length where stack[start + offset] != bytes[index + offset] {
                return -1
            }
            return length
        }
    }

    /// An end tag that was read whole: closes its element, or what can be meant by it.
    mutating func closeTag(_ name: XMLBytes, at offset: Int) throws(XMLFailure) {
        let length = matchInnermost(name, 0)
        if length == name.count { return try pop(.tag) }
        if isMuted && depth == 0 { return }
        var level = depth - 2
        while level >= 0 {
            let open = names[nameStarts[level]..<nameStarts[level + 1]]
            if open.elementsEqual(name) {
                depart(
                    .mismatchedTag, at: offset,
                    "An end tag does not fit the element that is open; "
                        + "the elements inside were ended with it.")
                while depth > level + 1 { try pop(.implied) }
                return try pop(.tag)
            }
            level -= 1
        }
        let colon = name.firstIndex(of: UInt8(ascii: ":")) ?? -1
        if handler.isTransparent(
            prefix: XMLBytes(rebasing: name[0..<max(0, colon)]),
            name: XMLBytes(rebasing: name[(colon + 1)...]))
        {
            return
        }
        depart(
            .mismatchedTag, at: offset, "An end tag belongs to no open element; it was left out.")
    }

    /// Notes broken markup inside the document; after its end nobody cares.
    mutating func depart(_ code: Repair.Code, at offset: Int, _ detail: String) {
        if !isMuted { handler.depart(code, .repair, at: offset, detail) }
    }
}
