import HTTPTypes

/// Why a request gets no page, said to the person who made it.
enum ConsoleError: Error, Hashable {
    case notFound(String)
    case badRequest(String)
    case forbidden(String)
    case tooLarge(limit: Int)
    case tooManyTries(waitSeconds: Int64)

    var status: HTTPResponse.Status {
        switch self {
        case .notFound: .notFound
        case .badRequest: .badRequest
        case .forbidden: .forbidden
        case .tooLarge: .contentTooLarge
        case .tooManyTries: .tooManyRequests
        }
    }

    var title: String {
        switch self {
        case .notFound: "Nothing is here"
        case .badRequest: "That could not be read"
        case .forbidden: "That was not done"
        case .tooLarge: "Too large to take in here"
        case .tooManyTries: "Too many tries"
        }
    }

    var sentence: String {
        switch self {
        case .notFound(let sentence), .badRequest(let sentence), .forbidden(let sentence):
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
        }
    }
}
