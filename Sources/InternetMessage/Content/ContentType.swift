/// What a part says it holds (RFC 2045 §5).
public struct ContentType: Hashable, Sendable {
    /// The type in small letters: `text`, `multipart` …
    public let type: String
    /// The subtype in small letters.
    public let subtype: String
    /// The parameters in order; of two with one name the first counts.
    public let parameters: [Parameter]

    public init(type: String, subtype: String, parameters: [Parameter] = []) {
        self.type = type
        self.subtype = subtype
        self.parameters = parameters
    }

    /// What a part without a declaration is (RFC 2045 §5.2).
    public static let plainText = ContentType(type: "text", subtype: "plain")
    /// What a part of a digest without a declaration is (RFC 2046 §5.1.5).
    public static let embeddedMessage = ContentType(type: "message", subtype: "rfc822")

    /// `type/subtype`, in small letters.
    public var mediaType: String { type + "/" + subtype }
    public var isMultipart: Bool { type == "multipart" }
    public var isDigest: Bool { isMultipart && subtype == "digest" }
    public var isText: Bool { type == "text" }
    /// Whether the body is a message of its own: RFC 2046 §5.2.1, RFC 6532 §3.7.
    public var isMessage: Bool {
        type == "message" && (subtype == "rfc822" || subtype == "global" || subtype == "news")
    }
    /// The `charset` parameter.
    public var charset: String? { parameters.first(named: "charset")?.value }
    /// The `boundary` parameter.
    public var boundary: String? { parameters.first(named: "boundary")?.value }

    /// Reads a field value; nil when not even a type can be made out.
    public init?(parsing bytes: [UInt8]) {
        var defects: Set<Defect.Code> = []
        self.init(bytes, parameterLimit: Limits.parametersPerField, defects: &defects)
    }

    init?(_ bytes: [UInt8], parameterLimit: Int, defects: inout Set<Defect.Code>) {
        var scanner = FieldScanner(bytes)
        scanner.skipBlanksAndComments()
        let type = scanner.token().lowercasedText
        scanner.skipBlanksAndComments()
        var subtype = ""
        if scanner.skip(Octet.slash) {
            scanner.skipBlanksAndComments()
            subtype = scanner.token().lowercasedText
        }
        guard !type.isEmpty, !scanner.isAt(Octet.equals) else {
            defects.insert(.malformedContentType)
            return nil
        }
        scanner.skipToParameter(defects: &defects)
        let parameters = ParameterParser.parse(
            &scanner, limit: parameterLimit, defects: &defects)
        if subtype.isEmpty {
            defects.insert(.malformedContentType)
            guard let usual = ContentType.usualSubtypes[type] else { return nil }
            subtype = usual
        }
        self.init(type: type, subtype: subtype, parameters: parameters)
    }

    /// What a type without a subtype is taken for.
    private static let usualSubtypes = [
        "text": "plain", "multipart": "mixed", "message": "rfc822",
        "application": "octet-stream", "image": "unknown", "audio": "unknown", "video": "unknown",
    ]
}
