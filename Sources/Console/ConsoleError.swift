import HTTPTypes

/// Why a request gets no page, said to the person who made it.
enum ConsoleError: Error, Hashable {
    case notFound(String)
    case badRequest(String)
    case forbidden(String)
    /// It does not fit how things stand.
    case conflict(String)
    case unavailable(String)
    case tooLarge(limit: Int)
    /// The body is of a kind that is not taken.
    case unsupported(String)
    case tooManyTries(waitSeconds: Int64)
    /// The address takes other methods, which are named.
    case otherMethod([String])
    /// A program showed no token that works.
    case noToken

    var status: HTTPResponse.Status {
        switch self {
        case .notFound: .notFound
        case .badRequest: .badRequest
        case .forbidden: .forbidden
        case .conflict: .conflict
        case .unavailable: .serviceUnavailable
        case .tooLarge: .contentTooLarge
        case .unsupported: .unsupportedMediaType
        case .tooManyTries: .tooManyRequests
        case .otherMethod: .methodNotAllowed
        case .noToken: .unauthorized
        }
    }

    var title: String {
        switch self {
        case .notFound: "Nothing is here"
        case .badRequest: "That could not be read"
        case .forbidden, .conflict: "That was not done"
        case .unavailable: "That is not possible just now"
        case .tooLarge: "Too large to take in here"
        case .unsupported: "That kind is not taken here"
        case .tooManyTries: "Too many tries"
        case .otherMethod: "Not in this way"
        case .noToken: "No token"
        }
    }

    var sentence: String {
        switch self {
        case .notFound(let sentence), .badRequest(let sentence), .forbidden(let sentence),
            .unavailable(let sentence), .unsupported(let sentence), .conflict(let sentence):
            return sentence
        case .tooLarge(let limit):
            return
                "One upload may hold \(Numbers.bytes(Int64(limit))), all files together. Nothing "
                + "of it was taken in. Send fewer files at once, or put them where Sealgate runs "
                + "and use `sealgate import PATH`, which has no such limit."
        case .tooManyTries(let seconds):
            let minutes = max(1, (seconds + 59) / 60)
            return
                "Signing in failed too often. Wait \(Numbers.counted(minutes, "minute", "minutes")) "
                + "and try again."
        case .otherMethod(let methods):
            return "This address takes \(methods.joined(separator: ", "))."
        case .noToken:
            return
                "Show a token that is in use: Authorization: Bearer sealgate_… An owner makes one "
                + "on the page Tokens."
        }
    }
}
