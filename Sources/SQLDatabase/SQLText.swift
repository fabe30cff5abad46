extension String {
    /// The text with U+FFFD for each NUL: PostgreSQL stores none, and both engines shall hold the
    /// same.
    var withoutNUL: String {
        guard utf8.contains(0) else { return self }
        var scalars = String.UnicodeScalarView()
        for scalar in unicodeScalars { scalars.append(scalar.value == 0 ? "\u{FFFD}" : scalar) }
        return String(scalars)
    }
}
