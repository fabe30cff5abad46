/// How a provider is asked over the web.
public protocol ProviderWeb: Sendable {
    /// Sends one request and gives its answer, whatever its status. Follows nothing, and gives up
    /// after `Limits.seconds` and on more than `Limits.answer` octets.
    ///
    /// - Throws: `SignInFault` with `unreachable`.
    func send(_ request: ProviderRequest) async throws(SignInFault) -> ProviderAnswer
}

/// A request to a provider.
public struct ProviderRequest: Hashable, Sendable {
    public var address: ProviderAddress
    /// The fields of a form to post; nil for a GET.
    public var form: [ProviderField]?
    /// The field `Authorization`.
    public var authorization: String?

    public init(
        address: ProviderAddress, form: [ProviderField]? = nil, authorization: String? = nil
    ) {
        self.address = address
        self.form = form
        self.authorization = authorization
    }
}

/// A field of a form or of a query.
public struct ProviderField: Hashable, Sendable {
    public var name: String
    public var value: String

    public init(_ name: String, _ value: String) { (self.name, self.value) = (name, value) }
}

extension [ProviderField] {
    /// As forms write it.
    public var coded: String {
        map { "\(Self.coded($0.name))=\(Self.coded($0.value))" }.joined(separator: "&")
    }

    static func coded(_ text: String) -> String {
        let digits = [UInt8]("0123456789ABCDEF".utf8)
        var result: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: result.append(byte)
            default: result += [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}

/// The answer of a provider.
public struct ProviderAnswer: Hashable, Sendable {
    public var status: Int
    public var body: [UInt8]

    public init(status: Int, body: [UInt8]) { (self.status, self.body) = (status, body) }
}
