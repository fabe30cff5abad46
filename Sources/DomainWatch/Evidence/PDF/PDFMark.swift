/// One thing on a page. Lengths are points from the upper left corner.
enum PDFMark {
    case text(PDFText, x: Double, y: Double)
    case line(x1: Double, y1: Double, x2: Double, y2: Double, ink: PDFInk)
    case box(x: Double, y: Double, width: Double, height: Double, ink: PDFInk)
    case area([PDFPoint], ink: PDFInk)
}

/// A place on a page.
struct PDFPoint {
    var x: Double
    var y: Double
}

/// A colour, its parts from 0 to 1.
struct PDFInk {
    var red: Double
    var green: Double
    var blue: Double

    /// - Parameter hex: as in a style sheet, `0x1C2026`.
    init(_ hex: UInt32) {
        red = Double(hex >> 16 & 0xFF) / 255
        green = Double(hex >> 8 & 0xFF) / 255
        blue = Double(hex & 0xFF) / 255
    }

    static let text = PDFInk(0x1C2026)
    static let soft = PDFInk(0x565E69)
    static let line = PDFInk(0xC9CDD2)
    static let faint = PDFInk(0xF3F4F4)
    static let proved = PDFInk(0x4C93C4)
    static let undecided = PDFInk(0xEEBB4D)
    static let forwarded = PDFInk(0xB3B7C6)
    static let forged = PDFInk(0xB8472B)
    static let stopped = PDFInk(0xE6B3A4)
}

/// A text with its looks; it is broken into lines where it has a width.
struct PDFText {
    enum Side { case left, middle, right }

    var text: String
    var size: Double
    var isBold = false
    var ink = PDFInk.text
    var width: Double?
    var side = Side.left
}
