/// Reads address lists as they are met: RFC 5322 with its obsolete forms, and less.
struct AddressParser {
    private var scanner: FieldScanner
    private var list = AddressList()
    private var count = 0
    /// The name and the members of the group that is being read.
    private var group: (name: String, members: [Address])?
    private var item = AddressItem()
    /// Set when a `<` was found to have no `>`: nothing further looks for one.
    private var hasOpenAngle = false

    init(_ bytes: [UInt8]) {
        scanner = FieldScanner(bytes)
    }

    mutating func parse() -> AddressList {
        while let octet = scanner.current, count < Limits.addresses {
            switch octet {
            case Octet.comma:
                scanner.position &+= 1
                finishItem()
            case Octet.semicolon:
                scanner.position &+= 1
                finishItem()
                finishGroup()
            case Octet.colon where group == nil && item.canNameGroup:
                scanner.position &+= 1
                group = (item.phrase ?? "", [])
                item = AddressItem()
            default: readPiece(octet)
            }
        }
        finishItem()
        finishGroup()
        if !scanner.isAtEnd { list.defects.insert(.tooManyAddresses) }
        return list
    }

    /// Reads a word, a quoted string, a comment, an address in angle brackets or a domain literal.
    private mutating func readPiece(_ octet: UInt8) {
        switch octet {
        case Octet.space, Octet.tab, Octet.lineFeed, Octet.carriageReturn:
            scanner.position &+= 1
            item.isAfterSpace = true
        case Octet.openParenthesis:
            if let comment = scanner.comment() {
                item.comments.append(comment)
                item.isAfterSpace = true
            } else {
                readWord()
            }
        case Octet.quote:
            let (text, isClosed) = scanner.quotedString(stop: Octet.less)
            if !isClosed { list.defects.insert(.unclosedQuote) }
            item.append(isClosed ? text : [UInt8](text.trimmed), isQuoted: true)
        case Octet.less:
            readAngle()
        case Octet.greater:
            scanner.position &+= 1
        case Octet.openBracket:
            let start = scanner.position
            _ = scanner.rest(until: Octet.comma)
            let text = scanner.bytes[start..<scanner.position]
            if let end = text.firstIndex(of: Octet.closeBracket) { scanner.position = end &+ 1 }
            item.append([UInt8](scanner.bytes[start..<scanner.position].trimmed), isQuoted: false)
        default: readWord()
        }
    }

    private mutating func readWord() {
        let start = scanner.position
        scanner.position &+= 1
        while let octet = scanner.current, !octet.endsAddressWord { scanner.position &+= 1 }
        item.append([UInt8](scanner.bytes[start..<scanner.position]), isQuoted: false)
    }

    private mutating func readAngle() {
        while scanner.skip(Octet.less) || scanner.skip(Octet.space) {}
        let start = scanner.position
        var end: Int?
        var isQuoted = false
        var index = start
        while !hasOpenAngle, index < scanner.bytes.count {
            let octet = scanner.bytes[index]
            if octet == Octet.backslash, isQuoted {
                index &+= 1
            } else if octet == Octet.quote {
                isQuoted.toggle()
            } else if octet == Octet.greater, !isQuoted {
                end = index
                break
            }
            index &+= 1
        }
        if let end {
            scanner.position = end &+ 1
        } else {
            hasOpenAngle = true
            list.defects.insert(.unclosedQuote)
            _ = scanner.rest(until: Octet.comma)
        }
        let content = [UInt8](scanner.bytes[start..<(end ?? scanner.position)])
        // Two addresses in brackets with nothing between them: some mailers forget the comma.
        if item.angle != nil { finishItem() }
        item.angle = content
    }

    private mutating func finishItem() {
        defer { item = AddressItem() }
        guard let address = item.address else { return }
        count &+= 1
        if group != nil {
            group?.members.append(address)
        } else {
            list.entries.append(.mailbox(address))
        }
    }

    private mutating func finishGroup() {
        guard let (name, members) = group else { return }
        list.entries.append(.group(name: name, members: members))
        count &+= 1
        group = nil
    }
}

extension UInt8 {
    /// Whether the octet cannot stand in a word of an address list.
    fileprivate var endsAddressWord: Bool {
        if isWhitespace { return true }
        switch self {
        case Octet.openParenthesis, Octet.less, Octet.greater, Octet.comma, Octet.semicolon,
            Octet.colon, Octet.quote, Octet.openBracket:
            return true
        default: return false
        }
    }
}
