#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

extension String {
    /// The text with U+FFFD for each NUL: PostgreSQL stores none, and both engines shall hold the
    /// same.
    var withoutNUL: String {
        guard hasOctet(0) else { return self }
        var scalars = String.UnicodeScalarView()
        for scalar in unicodeScalars { scalars.append(scalar.value == 0 ? "\u{FFFD}" : scalar) }
        return String(scalars)
    }

    /// Asked of every text on its way to the database: octet by octet it would be felt.
    func hasOctet(_ octet: UInt8) -> Bool {
        utf8.withContiguousStorageIfAvailable { octets in
            octets.baseAddress.map { memchr($0, CInt(octet), octets.count) != nil } ?? false
        } ?? utf8.contains(octet)
    }
}
