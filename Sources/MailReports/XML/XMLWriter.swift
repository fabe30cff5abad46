/// Writes elements and escaped text as UTF-8.
struct XMLWriter {
    private(set) var output: [UInt8] = []
    private let isIndented: Bool
    private var depth: Int

    init(isIndented: Bool, depth: Int = 0) {
        self.isIndented = isIndented
        self.depth = depth
    }

    mutating func declaration() {
        put("<?xml version=\"1.0\" encoding=\"UTF-8\"?>")
        endLine()
    }

    /// Begins an element that somebody else ends.
    mutating func open(_ name: String, namespace: String?) {
        indent()
        put("<\(name)")
        if let namespace {
            put(" xmlns=\"")
            escape(namespace)
            put("\"")
        }
        put(">")
        endLine()
        depth += 1
    }

    mutating func element(_ name: String, _ body: (inout Self) -> Void) {
        open(name, namespace: nil)
        body(&self)
        depth -= 1
        indent()
        put("</\(name)>")
        endLine()
    }

    /// An element with text; nothing for nil.
    mutating func leaf(_ name: String, _ text: String?) {
        guard let text else { return }
        indent()
        put("<\(name)>")
        escape(text)
        put("</\(name)>")
        endLine()
    }

    private mutating func put(_ text: String) { output.append(contentsOf: text.utf8) }

    private mutating func indent() {
        if isIndented { output.append(contentsOf: repeatElement(0x20, count: 2 * depth)) }
    }

    private mutating func endLine() {
        if isIndented { output.append(0x0A) }
    }

    /// Text with the characters escaped that are markup, and those replaced that XML cannot hold
    /// (XML 1.0 §2.2).
    private mutating func escape(_ text: String) {
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": put("&amp;")
            case "<": put("&lt;")
            case ">": put("&gt;")
            case "\"": put("&quot;")
            case "'": put("&apos;")
            // A bare carriage return would be read as a line feed.
            case "\r": put("&#13;")
            case "\t", "\n": XMLText.append(scalar.value, to: &output)
            case _ where scalar.value < 0x20 || scalar.value & 0xFFFE == 0xFFFE:
                XMLText.append(0xFFFD, to: &output)
            default: XMLText.append(scalar.value, to: &output)
            }
        }
    }
}
