/// The octets with a meaning in header fields and records, by name.
enum Octet {
    static let tab: UInt8 = 0x09
    static let lineFeed: UInt8 = 0x0A
    static let carriageReturn: UInt8 = 0x0D
    static let space: UInt8 = 0x20
    static let colon: UInt8 = 0x3A
    static let semicolon: UInt8 = 0x3B
    static let equals: UInt8 = 0x3D
}

extension UInt8 {
    /// Space or tab: WSP of RFC 5234.
    @inline(__always) var isBlank: Bool { self == Octet.space || self == Octet.tab }

    /// Space, tab, CR or LF.
    @inline(__always) var isWhitespace: Bool {
        isBlank || self == Octet.lineFeed || self == Octet.carriageReturn
    }

    @inline(__always) var isDigit: Bool { self &- 0x30 < 10 }

    @inline(__always) var isLetter: Bool { (self | 0x20) &- 0x61 < 26 }

    /// The octet with ASCII capitals made small.
    @inline(__always) var lowercased: UInt8 { self &- 0x41 < 26 ? self | 0x20 : self }
}
