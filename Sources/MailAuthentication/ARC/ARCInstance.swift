/// The instance tag, by which the fields of one ARC set know each other (RFC 8617 §4.2.1).
enum ARCInstance {
    /// Reads the value of an `i=` tag: a number from 1, with comments behind it or not. Whether it
    /// is too large is for the caller to say.
    static func parse(_ value: ArraySlice<UInt8>) -> Int? {
        var scanner = ARCFieldScanner(value)
        guard scanner.skipBlanksAndComments(), let instance = scanner.number(digits: 4),
            instance > 0, scanner.skipBlanksAndComments(), scanner.isAtEnd
        else { return nil }
        return instance
    }

    /// Reads `i=1;` at the start of an ARC-Authentication-Results field, and tells where what it
    /// carries begins. Nil when the field does not begin so (RFC 8617 §4.1.1).
    static func parsePrefix(of value: ArraySlice<UInt8>) -> (instance: Int, rest: Int)? {
        var scanner = ARCFieldScanner(value)
        guard scanner.skipBlanksAndComments(), scanner.take(0x69),
            scanner.skipBlanksAndComments(), scanner.take(Octet.equals),
            scanner.skipBlanksAndComments(), let instance = scanner.number(digits: 4),
            instance > 0, scanner.skipBlanksAndComments(), scanner.take(Octet.semicolon)
        else { return nil }
        return (instance, scanner.position)
    }
}
