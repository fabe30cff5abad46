extension String {
    /// The beginning of a foreign text, for a sentence: no controls, and not too long.
    var reasonExcerpt: String {
        let isPlain = utf8.count <= 60 && utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
        if isPlain { return self }
        var short = UnicodeScalarView()
        for scalar in unicodeScalars.prefix(60) {
            let isControl = scalar.properties.generalCategory == .control
            short.append(isControl ? "\u{FFFD}" : scalar)
        }
        return String(short) + (unicodeScalars.count > 60 ? "…" : "")
    }
}
