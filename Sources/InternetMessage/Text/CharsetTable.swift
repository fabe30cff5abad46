/// A character set in which one octet is one character.
struct CharsetTable: Sendable {
    let name: String
    /// The characters of octets 0x80 to 0xFF.
    private let upper: [Unicode.Scalar]

    /// `upper` has 128 characters, or 96 for the sets whose octets 0x80 to 0x9F are controls.
    init(name: String, upper: String) {
        self.name = name
        let scalars = Array(upper.unicodeScalars)
        let controls = (0x80..<0x100).prefix(max(0, 128 - scalars.count))
            .compactMap { Unicode.Scalar(UInt32($0)) }
        let filled = controls + scalars
        self.upper = filled + Array(repeating: "\u{FFFD}", count: max(0, 128 - filled.count))
    }

    static let windows1252 = named["windows1252"] ?? CharsetTable(name: "windows-1252", upper: "")

    /// The text, and whether every octet had a meaning.
    func decode(_ bytes: [UInt8]) -> (text: String, isWhole: Bool) {
        if bytes.isASCII(in: 0..<bytes.count) {
            return (String(decoding: bytes, as: UTF8.self), true)
        }
        var isWhole = true
        var utf8: [UInt8] = []
        utf8.reserveCapacity(bytes.count &+ bytes.count / 4)
        for octet in bytes {
            guard octet >= 0x80 else {
                utf8.append(octet)
                continue
            }
            let scalar = upper[Int(octet &- 0x80)]
            if scalar == "\u{FFFD}" { isWhole = false }
            utf8.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        }
        return (String(decoding: utf8, as: UTF8.self), isWhole)
    }

    /// Other names, without anything but letters and digits. ISO 8859-1 is read as windows-1252,
    /// as every mail reader does: its controls are never meant.
    static let aliases: [String: String] = [
        "iso88591": "windows1252", "latin1": "windows1252", "l1": "windows1252",
        "cp1252": "windows1252", "ansi": "windows1252", "iso885911987": "windows1252",
        "iso88598i": "iso88598", "iso88598e": "iso88598", "latin2": "iso88592",
        "latin5": "iso88599", "latin9": "iso885915", "latin0": "iso885915", "tis620": "windows874",
        "iso885911": "windows874", "cp874": "windows874", "cyrillic": "iso88595",
        "greek": "iso88597", "hebrew": "iso88598", "arabic": "iso88596",
        "cp1250": "windows1250", "cp1251": "windows1251", "cp1253": "windows1253",
        "cp1254": "windows1254", "cp1255": "windows1255", "cp1256": "windows1256",
        "cp1257": "windows1257", "cp1258": "windows1258", "win1251": "windows1251",
        "win1250": "windows1250", "win1252": "windows1252", "koi8": "koi8r", "cp437": "ibm437",
        "cp850": "ibm850", "cp852": "ibm852", "cp866": "ibm866", "mac": "macintosh",
        "macroman": "macintosh", "xmacroman": "macintosh",
    ]
}
