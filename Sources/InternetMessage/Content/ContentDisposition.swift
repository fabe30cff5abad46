/// How a part asks to be shown (RFC 2183).
public struct ContentDisposition: Hashable, Sendable {
    /// `inline`, `attachment` or another word, in small letters.
    public let kind: String
    public let parameters: [Parameter]

    public init(kind: String, parameters: [Parameter] = []) {
        self.kind = kind
        self.parameters = parameters
    }

    /// Reads a field value.
    public init(parsing bytes: [UInt8]) {
        var defects: Set<Defect.Code> = []
        self.init(bytes, parameterLimit: Limits.parametersPerField, defects: &defects)
    }

    init(_ bytes: [UInt8], parameterLimit: Int, defects: inout Set<Defect.Code>) {
        var scanner = FieldScanner(bytes)
        scanner.skipBlanksAndComments()
        let start = scanner.position
        kind = scanner.token().lowercasedText
        scanner.skipBlanksAndComments()
        // `Content-Disposition: filename=x` has no kind, only a parameter.
        if scanner.isAt(Octet.equals) {
            scanner.position = start
            defects.insert(.malformedParameter)
            parameters = ParameterParser.parse(
                &scanner, limit: parameterLimit, defects: &defects)
            return
        }
        scanner.skipToParameter(defects: &defects)
        parameters = ParameterParser.parse(&scanner, limit: parameterLimit, defects: &defects)
    }
}
