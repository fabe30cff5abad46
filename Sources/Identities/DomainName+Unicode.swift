extension DomainName {
    /// The name for display: Unicode labels when each is written in one script and cannot pass for
    /// another name, else the ASCII form (Unicode UTS #39 §5.2, "highly restrictive", and stricter
    /// on look-alike letters).
    public var unicode: String {
        guard text.utf8.count > 4, text.contains("xn--") else { return text }
        var parts: [String] = []
        let labels = self.labels
        var topScripts: Set<Script> = []
        for (index, label) in labels.reversed().enumerated() {
            guard label.hasPrefix("xn--") else {
                parts.append(String(label))
                continue
            }
            guard let decoded = IDNA.unicodeLabel(of: label),
                let scripts = Script.scripts(of: decoded), Script.mayStandTogether(scripts)
            else { return text }
            if index == 0 { topScripts = scripts }
            // A label made of look-alikes only reads as another name, unless the top-level
            // domain is of the same script and so tells the reader which one it is.
            if scripts.isDisjoint(with: topScripts), Script.isWholeLookalike(decoded) {
                return text
            }
            parts.append(decoded)
        }
        // What is shown must lead back to the same name when somebody types it.
        let shown = parts.reversed().joined(separator: ".")
        return DomainName(shown) == self ? shown : text
    }
}
