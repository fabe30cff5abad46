/// Finds the place in a page where what is put in is the first thing shown: behind `<body>`, or
/// before the first text or element that a browser takes for the body's (HTML Standard §13.2.6.4).
///
/// It reads octet by octet and remembers no more than a name, so that any page costs its length
/// once. What could hide the place is passed over as browsers do: comments, quotation marks in
/// attributes, styles and titles. Scripts and the like count as content.
struct HTMLInsertionPoint {
    private enum State {
        case text
        case tagOpen, endTagOpen, name
        case beforeAttribute, attribute, behindAttribute, beforeValue, value
        case quoted(UInt8)
        case markup, bogus
        case comment(dashes: Int, isBang: Bool)
        /// Inside `<title>` or `<style>`: how many octets of its end tag were met.
        case raw(matched: Int)
    }

    private var state = State.text
    /// Where the tag that is being read begins.
    private var tagStart = 0
    private var name: [UInt8] = []
    private var isEndTag = false
    private var rawEnd: [UInt8] = []
    /// Where the element that is passed over begins.
    private var rawStart = 0
    private var count = 0
    /// The place; nil as long as it is not known.
    private(set) var place: Int?

    private static let head: Set<String> = [
        "html", "head", "meta", "link", "base", "basefont", "bgsound",
    ]
    private static let raw: Set<String> = ["title", "style"]
    private static let endsOfPage: Set<String> = ["body", "html", "br"]

    /// Takes the next octet of the page, which `range` of the source stands for; true when the place
    /// is found.
    mutating func take(_ octet: UInt8, _ range: Range<Int>) -> Bool {
        count += 1
        read(octet, range)
        return place != nil
    }

    /// The place, where the page ends at `end`.
    func finish(at end: Int) -> Int {
        if let place { return place }
        switch state {
        case .text: return end
        case .raw: return rawStart
        default: return tagStart
        }
    }

    /// The place in octets that are the page itself.
    static func find(in octets: [UInt8], _ range: Range<Int>) -> Int {
        var point = HTMLInsertionPoint()
        let range = range.clamped(to: 0..<octets.count)
        for index in range where point.take(octets[index], index..<index + 1) { break }
        return point.finish(at: range.upperBound)
    }

    private mutating func read(_ octet: UInt8, _ range: Range<Int>) {
        switch state {
        case .text: readText(octet, range)
        case .tagOpen: openTag(octet)
        case .endTagOpen:
            if Self.isLetter(octet) {
                beginName(octet, isEnd: true)
            } else {
                state = octet == UInt8(ascii: ">") ? .text : .bogus
            }
        case .name: readName(octet, range)
        case .beforeAttribute, .attribute, .behindAttribute, .beforeValue, .value, .quoted:
            readAttribute(octet, range)
        case .markup, .bogus, .comment: readMarkup(octet)
        case .raw(let matched): readRaw(octet, matched, range)
        }
    }

    private mutating func readText(_ octet: UInt8, _ range: Range<Int>) {
        if octet == UInt8(ascii: "<") {
            tagStart = range.lowerBound
            state = .tagOpen
        } else if !Self.isBlank(octet), !isByteOrderMark(octet) {
            place = range.lowerBound
        }
    }

    /// EF BB BF, the first octets of the page.
    private func isByteOrderMark(_ octet: UInt8) -> Bool {
        switch count {
        case 1: octet == 0xEF
        case 2: octet == 0xBB
        case 3: octet == 0xBF
        default: false
        }
    }

    private mutating func openTag(_ octet: UInt8) {
        switch octet {
        case UInt8(ascii: "!"):
            name = []
            state = .markup
        case UInt8(ascii: "?"): state = .bogus
        case UInt8(ascii: "/"): state = .endTagOpen
        default:
            if Self.isLetter(octet) {
                beginName(octet, isEnd: false)
            } else {
                // A sign of its own is text.
                place = tagStart
            }
        }
    }

    private mutating func beginName(_ octet: UInt8, isEnd: Bool) {
        isEndTag = isEnd
        name = [octet | 0x20]
        state = .name
    }

    private mutating func readName(_ octet: UInt8, _ range: Range<Int>) {
        if octet == UInt8(ascii: ">") {
            endTag(at: range.upperBound)
        } else if Self.isBlank(octet) || octet == UInt8(ascii: "/") {
            state = .beforeAttribute
        } else if name.count < 16 {
            name.append((0x41...0x5A).contains(octet) ? octet | 0x20 : octet)
        }
    }

    // MARK: Attributes

    private mutating func readAttribute(_ octet: UInt8, _ range: Range<Int>) {
        if case .quoted(let mark) = state {
            if octet == mark { state = .beforeAttribute }
            return
        }
        if octet == UInt8(ascii: ">") { return endTag(at: range.upperBound) }
        let isBlank = Self.isBlank(octet)
        switch state {
        case .beforeAttribute:
            // An equals sign here begins a name.
            if !isBlank, octet != UInt8(ascii: "/") { state = .attribute }
        case .attribute, .behindAttribute:
            if octet == UInt8(ascii: "=") {
                state = .beforeValue
            } else if octet == UInt8(ascii: "/") {
                state = .beforeAttribute
            } else {
                state = isBlank ? .behindAttribute : .attribute
            }
        case .beforeValue:
            if octet == UInt8(ascii: "\"") || octet == UInt8(ascii: "'") {
                state = .quoted(octet)
            } else if !isBlank {
                state = .value
            }
        default:
            if isBlank { state = .beforeAttribute }
        }
    }

    private mutating func endTag(at end: Int) {
        state = .text
        let name = String(decoding: name, as: UTF8.self)
        if isEndTag {
            if Self.endsOfPage.contains(name) { place = tagStart }
        } else if name == "body" {
            place = end
        } else if Self.raw.contains(name) {
            rawEnd = Array("</\(name)".utf8)
            rawStart = tagStart
            state = .raw(matched: 0)
        } else if !Self.head.contains(name) {
            place = tagStart
        }
    }

    // MARK: What is not shown

    private mutating func readMarkup(_ octet: UInt8) {
        switch state {
        case .markup:
            if octet == UInt8(ascii: "-"), name.isEmpty {
                name = [octet]
            } else if octet == UInt8(ascii: "-") {
                // A comment may end right here: `<!-->`.
                state = .comment(dashes: 2, isBang: false)
            } else {
                state = octet == UInt8(ascii: ">") ? .text : .bogus
            }
        case .comment(let dashes, let isBang):
            if octet == UInt8(ascii: ">"), dashes >= 2 {
                state = .text
            } else if octet == UInt8(ascii: "-") {
                state = .comment(dashes: isBang ? 1 : min(dashes + 1, 2), isBang: false)
            } else if octet == UInt8(ascii: "!"), dashes >= 2, !isBang {
                state = .comment(dashes: dashes, isBang: true)
            } else {
                state = .comment(dashes: 0, isBang: false)
            }
        default:
            if octet == UInt8(ascii: ">") { state = .text }
        }
    }

    private mutating func readRaw(_ octet: UInt8, _ matched: Int, _ range: Range<Int>) {
        if matched == rawEnd.count {
            let isEnd =
                Self.isBlank(octet) || octet == UInt8(ascii: "/") || octet == UInt8(ascii: ">")
            if isEnd {
                isEndTag = true
                name = []
                state = .beforeAttribute
                return readAttribute(octet, range)
            }
        } else if (0x41...0x5A).contains(octet)
            ? octet | 0x20 == rawEnd[matched]
            : octet == rawEnd[matched]
        {
            state = .raw(matched: matched + 1)
            return
        }
        state = .raw(matched: octet == rawEnd[0] ? 1 : 0)
    }

    private static func isBlank(_ octet: UInt8) -> Bool {
        octet == 0x20 || (0x09...0x0D).contains(octet) && octet != 0x0B
    }

    private static func isLetter(_ octet: UInt8) -> Bool {
        (0x61...0x7A).contains(octet | 0x20) && octet < 0x80
    }
}
