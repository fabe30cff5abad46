/// One way in which a logo departs from SVG Tiny Portable/Secure
/// (draft-svg-tiny-ps-abrotman), or something that some receivers do not like.
public struct SVGViolation: Hashable, Sendable {
    /// Which rule.
    public enum Code: String, Sendable, Codable, CaseIterable {
        // The file
        case empty
        case tooLarge = "too-large"
        case damagedCompression = "damaged-compression"
        case notUTF8 = "not-utf-8"
        case encoding
        case notWellFormed = "not-well-formed"
        case documentType = "document-type"
        case processingInstruction = "processing-instruction"
        case tooDeep = "too-deep"
        case tooManyElements = "too-many-elements"
        case tooManyAttributes = "too-many-attributes"

        // The root
        case rootElement = "root-element"
        case rootNamespace = "root-namespace"
        case version
        case baseProfile = "base-profile"
        case rootPosition = "root-position"
        case titleMissing = "title-missing"
        case titleEmpty = "title-empty"
        case titleRepeated = "title-repeated"
        case viewBoxInvalid = "view-box-invalid"

        // What is not allowed anywhere
        case script
        case eventAttribute = "event-attribute"
        case animation
        case interactivity
        case rasterImage = "raster-image"
        case multimedia
        case foreignObject = "foreign-object"
        case externalReference = "external-reference"
        case embeddedData = "embedded-data"
        case style
        case foreignElement = "foreign-element"
        case foreignAttribute = "foreign-attribute"
        case elementNotAllowed = "element-not-allowed"
        case elementMisplaced = "element-misplaced"
        case attributeNotAllowed = "attribute-not-allowed"
        case attributeValue = "attribute-value"
        case strayText = "stray-text"
        case repeatedID = "repeated-id"
        case useLoop = "use-loop"
        case useExpansion = "use-expansion"

        // Advice: the profile does not forbid it
        case largerThanRecommended = "larger-than-recommended"
        case notSquare = "not-square"
        case viewBoxMissing = "view-box-missing"
        case titleNotFirst = "title-not-first"

        /// Whether a logo is still valid with this: the profile leaves it open, but some mailbox
        /// providers show no such logo.
        public var isAdvice: Bool {
            switch self {
            case .largerThanRecommended, .notSquare, .viewBoxMissing, .titleNotFirst: true
            default: false
            }
        }
    }

    public var code: Code
    /// The element concerned, as written; nil when the rule is about the whole file.
    public var element: String?
    /// The attribute concerned, as written.
    public var attribute: String?
    /// The line on which the element's tag begins, counted from 1; nil for the whole file.
    public var line: Int?
    /// What is wrong, for a person: one plain sentence.
    public var reason: String

    public init(
        _ code: Code, element: String? = nil, attribute: String? = nil, line: Int? = nil,
        reason: String
    ) {
        self.code = code
        self.element = element
        self.attribute = attribute
        self.line = line
        self.reason = reason
    }
}
