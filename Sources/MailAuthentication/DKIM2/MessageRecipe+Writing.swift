/// A recipe's form on the wire: JSON, before base64.
extension MessageRecipe {
    /// The JSON of the recipe, always the same for the same recipe.
    func json() throws(DKIM2Fault) -> [UInt8] {
        var parts: [String] = []
        switch body {
        case .unchanged: break
        case .lost: parts.append("\"b\":null")
        case .steps(let steps): parts.append("\"b\":" + Self.json(steps))
        }
        if !fields.isEmpty {
            let members = fields.sorted { $0.key < $1.key }.map { name, steps in
                Self.json(name) + ":" + Self.json(steps)
            }
            parts.append("\"h\":{" + members.joined(separator: ",") + "}")
        }
        let octets = Array("{\(parts.joined(separator: ","))}".utf8)
        guard octets.count <= Limits.dkim2RecipeOctets else {
            throw DKIM2Fault(
                "The changes need a recipe of more than \(Limits.dkim2RecipeOctets) octets.")
        }
        return octets
    }

    private static func json(_ steps: [Step]) -> String {
        let items = steps.map { step in
            switch step {
            case .copy(let range): "{\"c\":[\(range.lowerBound),\(range.upperBound)]}"
            case .text(let lines):
                "{\"d\":[" + lines.map { json($0) }.joined(separator: ",") + "]}"
            }
        }
        return "[" + items.joined(separator: ",") + "]"
    }

    private static func json(_ text: String) -> String {
        var output = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": output += "\\\""
            case "\\": output += "\\\\"
            case "\u{0}"..<"\u{20}", "\u{7F}":
                let digits = String(scalar.value, radix: 16)
                output += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: output.unicodeScalars.append(scalar)
            }
        }
        return output + "\""
    }
}
