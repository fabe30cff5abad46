/// A picture made of numbers and escaped labels: the only markup that pages take as it is.
struct SVG {
    private(set) var text: String

    /// A picture of a given size in its own units; it scales with its place on the page.
    ///
    /// - Parameter label: what a screen reader says instead of the picture; nil hides it, for
    ///   pictures whose figures stand beside them.
    init(width: Double, height: Double, class name: String, label: String?, _ parts: [Shape]) {
        var root = Shape("svg")
            .set("viewBox", "0 0 \(Shape.number(width)) \(Shape.number(height))")
            .set("width", width).set("height", height)
            .set("class", name)
        if let label {
            root = root.set("role", "img").set(
                "aria-label", ForeignText.clean(label, limit: Limits.pictureLabel))
        } else {
            root = root.set("aria-hidden", "true")
        }
        self.text = root.holding(parts).rendered
    }

    /// Two pictures of the same thing: the style sheet shows the one that fits.
    init(wide: SVG, narrow: SVG) {
        self.text = wide.text + narrow.text
    }
}

/// One element of a picture.
struct Shape {
    private let name: String
    private var attributes: [(name: String, value: String)] = []
    private var children: [Shape] = []
    private var content: String?

    init(_ name: String) { self.name = name }

    func set(_ name: String, _ value: String) -> Shape {
        var copy = self
        copy.attributes.append((name, value))
        return copy
    }

    func set(_ name: String, _ value: Double) -> Shape { set(name, Self.number(value)) }

    func holding(_ shapes: [Shape]) -> Shape {
        var copy = self
        copy.children.append(contentsOf: shapes)
        return copy
    }

    /// A label; foreign names in it are made fit to be shown, whoever passes them.
    func saying(_ text: String) -> Shape {
        var copy = self
        copy.content = ForeignText.clean(text, limit: Limits.pictureLabel)
        return copy
    }

    /// A hint that appears under the pointer.
    func hinting(_ text: String) -> Shape { holding([Shape("title").saying(text)]) }

    static func label(
        _ text: String, x: Double, y: Double, class name: String, anchor: String = "start"
    ) -> Shape {
        Shape("text").set("x", x).set("y", y).set("class", name).set("text-anchor", anchor)
            .saying(text)
    }

    static func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, class name: String)
        -> Shape
    {
        Shape("line").set("x1", x1).set("y1", y1).set("x2", x2).set("y2", y2).set("class", name)
    }

    static func rectangle(
        x: Double, y: Double, width: Double, height: Double, class name: String
    ) -> Shape {
        Shape("rect").set("x", x).set("y", y).set("width", max(0, width))
            .set("height", max(0, height)).set("class", name)
    }

    static func path(_ data: PathData, class name: String) -> Shape {
        Shape("path").set("d", data.text).set("class", name)
    }

    /// At most two decimals; anything that is no number is 0.
    static func number(_ value: Double) -> String {
        guard value.isFinite, value.magnitude < 1e9 else { return "0" }
        let hundredths = Int64((value * 100).rounded())
        let rest = (hundredths % 100).magnitude
        let sign = hundredths < 0 ? "-" : ""
        let whole = (hundredths / 100).magnitude
        if rest == 0 { return "\(sign)\(whole)" }
        let digits = rest < 10 ? "0\(rest)" : rest % 10 == 0 ? "\(rest / 10)" : "\(rest)"
        return "\(sign)\(whole).\(digits)"
    }

    var rendered: String {
        var output = ""
        write(into: &output)
        return output
    }

    private func write(into output: inout String) {
        output += "<\(name)"
        for (name, value) in attributes { output += " \(name)=\"\(Self.escaped(value))\"" }
        guard content != nil || !children.isEmpty else {
            output += "/>"
            return
        }
        output += ">"
        for child in children { child.write(into: &output) }
        if let content { output += Self.escaped(content) }
        output += "</\(name)>"
    }

    /// Scalar by scalar: what follows a quotation mark never hides it.
    private static func escaped(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: EscapableText.isSpecial) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "&": result += "&amp;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}

/// The outline of a shape.
struct PathData {
    private(set) var text = ""

    private mutating func add(_ command: String, _ numbers: Double...) {
        text += command + numbers.map(Shape.number).joined(separator: " ")
    }

    mutating func move(_ x: Double, _ y: Double) { add("M", x, y) }
    mutating func line(_ x: Double, _ y: Double) { add("L", x, y) }

    mutating func curve(
        _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ x: Double, _ y: Double
    ) { add("C", x1, y1, x2, y2, x, y) }

    mutating func close() { text += "Z" }
}
