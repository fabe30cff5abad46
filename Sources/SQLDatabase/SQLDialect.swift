/// What the two engines spell differently.
enum SQLDialect {
    case sqlite
    case postgresql

    /// The statement as the engine takes it.
    ///
    /// Words in braces are replaced and, for PostgreSQL, each `?` is numbered and each column
    /// declared `TEXT` is compared byte by byte, as SQLite does; nothing changes inside quotes and
    /// comments.
    func translate(_ sql: String) -> String {
        if self == .sqlite, !sql.hasOctet(UInt8(ascii: "{")) { return sql }
        var scanner = Scanner(bytes: Array(sql.utf8), dialect: self)
        return scanner.translate()
    }

    fileprivate func replacement(for word: some Collection<UInt8>) -> String? {
        switch (String(decoding: word, as: UTF8.self), self) {
        case ("id", .sqlite): "INTEGER PRIMARY KEY"
        case ("id", .postgresql): "BIGINT PRIMARY KEY"
        case ("blob", .sqlite): "BLOB"
        case ("blob", .postgresql): "BYTEA"
        case ("clustered", .sqlite): "WITHOUT ROWID"
        case ("clustered", .postgresql): ""
        default: nil
        }
    }
}

/// True when the statement changes the schema: such a statement runs once and is not kept prepared.
func changesSchema(_ sql: String) -> Bool {
    let word = sql.utf8.drop { $0 == 0x20 || $0 == 0x0A }.prefix(6).map { $0 | 0x20 }
    return word == Array("create".utf8) || word.starts(with: "alter".utf8)
        || word.starts(with: "drop".utf8)
}

/// One pass over a statement.
private struct Scanner {
    let bytes: [UInt8]
    let dialect: SQLDialect
    let declaresColumns: Bool
    var position = 0
    var output: [UInt8] = []
    var parameters = 0

    init(bytes: [UInt8], dialect: SQLDialect) {
        self.bytes = bytes
        self.dialect = dialect
        declaresColumns =
            dialect == .postgresql && changesSchema(String(decoding: bytes, as: UTF8.self))
        output.reserveCapacity(bytes.count + 32)
    }

    mutating func translate() -> String {
        while position < bytes.count {
            let byte = bytes[position]
            switch byte {
            case UInt8(ascii: "'"), UInt8(ascii: "\""): copy(through: byte)
            case UInt8(ascii: "-") where next == byte: copy(through: UInt8(ascii: "\n"))
            case UInt8(ascii: "/") where next == UInt8(ascii: "*"): copyComment()
            case UInt8(ascii: "?") where dialect == .postgresql: numberParameter()
            case UInt8(ascii: "{"): replaceBraces()
            case UInt8(ascii: "T") where declaresColumns: copyWord()
            default: copy()
            }
        }
        return String(decoding: output, as: UTF8.self)
    }

    private var next: UInt8? { position + 1 < bytes.count ? bytes[position + 1] : nil }

    private mutating func copy() {
        output.append(bytes[position])
        position += 1
    }

    /// A quote doubled inside quotes closes and opens again, which comes to the same.
    private mutating func copy(through end: UInt8) {
        copy()
        while position < bytes.count {
            let isEnd = bytes[position] == end
            copy()
            if isEnd { return }
        }
    }

    private mutating func copyComment() {
        copy()
        copy()
        while position < bytes.count {
            let isEnd = bytes[position] == UInt8(ascii: "*") && next == UInt8(ascii: "/")
            copy()
            if isEnd {
                copy()
                return
            }
        }
    }

    private mutating func numberParameter() {
        parameters += 1
        output.append(contentsOf: "$\(parameters)".utf8)
        position += 1
    }

    private mutating func replaceBraces() {
        let rest = bytes[(position + 1)...]
        if let end = rest.firstIndex(of: UInt8(ascii: "}")),
            let word = dialect.replacement(for: rest[..<end])
        {
            output.append(contentsOf: word.utf8)
            position = end + 1
        } else {
            copy()
        }
    }

    private mutating func copyWord() {
        let isStart = position == 0 || !isWordByte(bytes[position - 1])
        let start = position
        repeat { copy() } while position < bytes.count && isWordByte(bytes[position])
        if isStart, bytes[start..<position].elementsEqual("TEXT".utf8) {
            output.append(contentsOf: #" COLLATE "C""#.utf8)
        }
    }

    private func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...:
            true
        default: false
        }
    }
}
