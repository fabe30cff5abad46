/// Hides who a message was from and to, and keeps what a domain's owner needs: the domain.
public enum Redaction {
    /// The text with the local part of every address in it replaced by `…`.
    public static func hideLocalParts(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "@")) else { return text }
        var kept: [Unicode.Scalar] = []
        // Where the run that could be a local part begins.
        var run = 0
        for scalar in text.unicodeScalars {
            if scalar == "@" {
                if kept.count == run, kept.last == "\"",
                    let opening = kept.dropLast().lastIndex(of: "\"")
                {
                    // RFC 5321 §4.1.2: a quoted local part may hold anything.
                    run = opening
                }
                if kept.count > run {
                    kept.removeSubrange(run...)
                    kept.append("…")
                }
                kept.append(scalar)
                run = kept.count
                continue
            }
            kept.append(scalar)
            if isDelimiter(scalar) || scalar == "=" && isProperty(kept[run...].dropLast()) {
                run = kept.count
            }
        }
        var hidden = String.UnicodeScalarView()
        hidden.append(contentsOf: kept)
        return String(hidden)
    }

    private static func isDelimiter(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value <= 0x20 || "<>()[],;:\"".unicodeScalars.contains(scalar)
    }

    /// `smtp.mailfrom`, `header.i` …: what stands before the `=` in authentication results
    /// (RFC 8601 §2.2). Other `=` are parts of local parts.
    private static func isProperty(_ run: ArraySlice<Unicode.Scalar>) -> Bool {
        ["smtp.", "header.", "policy.", "envelope-from"].contains {
            run.starts(with: $0.unicodeScalars)
        }
    }
}
