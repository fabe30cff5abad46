import HTTPTypes
import Storage

/// One thing that programs can ask for: its route, what it takes and what it answers.
///
/// `APIOperation.all` is where the OpenAPI document and the checks of what comes in are made from,
/// so that the one cannot say what the other does not do.
struct APIOperation: Sendable {
    struct Parameter: Sendable {
        enum Place: String, Sendable { case path, query }
        var name: String
        var place: Place
        var schema: APISchema
        var meaning: String
    }

    struct Body: Sendable {
        var mediaType: String
        var schema: APISchema
        var meaning: String
    }

    enum Answer: Sendable {
        case json(APISchema)
        /// One object of JSON a line.
        case lines(String)
        /// A file of one of these media types.
        case file([String], String)
        case nothing
    }

    /// A part of the program that not every console has.
    enum Room: Sendable { case changes, way, evidence }

    var method: HTTPRequest.Method
    var path: String
    /// The document's operationId.
    var name: String
    var summary: String
    var details = ""
    var parameters: [Parameter] = []
    var body: Body?
    var answer: Answer
    /// Whether what is asked for may be understood and yet not fit how things stand.
    var mayConflict = false
    /// Without which it is not there; nil where it is there always.
    var room: Room?

    /// What the table of routes calls it.
    var route: String { "\(method.rawValue) \(path)" }

    /// Who may ask; nil where nothing of an organisation is told.
    var scope: TokenScope? {
        guard case .programs(let scope, _)? = RouteAccess.row(method.rawValue, path) else {
            return nil
        }
        return scope
    }

    /// The methods that an address takes; none where there is no such address.
    static func methods(of path: String) -> [String] {
        let segments = path.split(separator: "/", omittingEmptySubsequences: false)
        let found = all.filter { operation in
            let pattern = operation.path.split(separator: "/", omittingEmptySubsequences: false)
            return pattern.count == segments.count
                && zip(pattern, segments).allSatisfy { $0 == $1 || $0.hasPrefix("{") }
        }
        // An address of its own goes before one with a name in its place.
        func names(_ operation: APIOperation) -> Int { operation.path.count { $0 == "{" } }
        let fewest = found.map(names).min()
        return found.filter { names($0) == fewest }.map(\.method.rawValue)
    }
}
