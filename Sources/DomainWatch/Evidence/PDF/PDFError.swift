/// Why there is no PDF.
public enum PDFError: Error, Hashable, Sendable, CustomStringConvertible {
    /// No font is installed that letters could be drawn with.
    case noFonts
    /// The library's own words.
    case drawing(String)
    case tooLarge

    public var description: String {
        switch self {
        case .noFonts:
            "This machine has no font to draw a PDF with. Install one, such as the package "
                + "fonts-dejavu-core."
        case .drawing(let reason): "The PDF could not be drawn: \(reason)."
        case .tooLarge: "The PDF grew too large. Ask for fewer domains."
        }
    }
}
