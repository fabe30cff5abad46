import Identities
import MailAuthentication

/// As much of Python as the examples of `authres` are written in, with our types behind its names.
struct AuthenticationResultsPython {
    enum Value {
        case none
        case bool(Bool)
        case number(Int)
        case string(String)
        case list([Value])
        case result(MethodResult)
        case property(ResultProperty)
        case header(AuthenticationResults)
        /// A name that stands for nothing of ours: a module, a class, a function.
        case name(String)
        case method(MethodResult, String)
    }

    struct Fault: Error, CustomStringConvertible {
        let description: String
    }

    private var variables: [String: Value] = [:]

    /// Runs one line; what the interpreter would show, line by line.
    mutating func run(_ source: String) throws -> [String] {
        if source.hasPrefix("import ") { return [] }
        if source.hasPrefix("for result in arobj.results:") {
            guard case .header(let header)? = variables["arobj"] else { return [] }
            return header.methods.flatMap { ["'\($0.method)'", "'\($0.result)'"] }
        }
        var reader = Reader(Array(source), variables: variables)
        if let name = reader.assignedName() {
            variables[name] = try reader.expression()
            return []
        }
        let value = try reader.expression()
        if case .none = value { return [] }
        return [Self.shown(value)]
    }

    /// The field that was parsed last into this variable.
    func header(_ name: String) -> AuthenticationResults? {
        guard case .header(let header)? = variables[name] else { return nil }
        return header
    }

    private static func shown(_ value: Value) -> String {
        guard case .string(let text) = value else { return text(of: value) }
        let mark = text.contains("'") && !text.contains("\"") ? "\"" : "'"
        return mark + text + mark
    }

    static func text(of value: Value) -> String {
        switch value {
        case .none: "None"
        case .bool(let flag): flag ? "True" : "False"
        case .number(let number): "\(number)"
        case .string(let text): text
        case .header(let header): "Authentication-Results: " + header.render()
        case .result(let result): withoutComments(result).render()
        case .list, .property, .name, .method: "?"
        }
    }

    /// `authres` does not keep comments when it parses ("Missing parsing header comment").
    private static func withoutComments(_ result: MethodResult) -> MethodResult {
        var result = result
        result.comment = nil
        for index in result.properties.indices { result.properties[index].comment = nil }
        return result
    }

    /// `header_oldest_pass` is `header.oldest-pass`.
    static func propertyName(_ attribute: String) -> PropertyName? {
        let parts = attribute.split(separator: "_", maxSplits: 1)
        guard parts.count == 2 else { return nil }
        return PropertyName(
            type: String(parts[0]),
            property: String(parts[1].map { $0 == "_" ? "-" : $0 }))
    }
}

extension AuthenticationResultsPython {
    /// Reads an expression and works it out on the way.
    struct Reader {
        private let text: [Character]
        private var index = 0
        private let variables: [String: Value]

        init(_ text: [Character], variables: [String: Value]) {
            self.text = text
            self.variables = variables
        }

        /// The name before a single equals sign at the beginning.
        mutating func assignedName() -> String? {
            let start = index
            let name = word()
            skipBlanks()
            guard !name.isEmpty, next == "=" else {
                index = start
                return nil
            }
            index += 1
            return name
        }

        mutating func expression() throws -> Value {
            skipBlanks()
            guard let first = next else { throw Fault(description: "an expression is missing") }
            if first == "'" || first == "\"" { return .string(try string()) }
            if first == "[" {
                let list = try list(until: "]")
                return .list(list.positional)
            }
            let name = word()
            guard !name.isEmpty else { throw Fault(description: "\(first) is not expected") }
            if let number = Int(name) { return .number(number) }
            var value: Value =
                switch name {
                case "None": .none
                case "True": .bool(true)
                case "False": .bool(false)
                default: variables[name] ?? .name(name)
                }
            while let mark = next {
                switch mark {
                case ".":
                    index += 1
                    value = try attribute(value, word())
                case "[":
                    guard case .list(let items) = value,
                        case .number(let place)? = try list(until: "]").positional.first,
                        items.indices.contains(place)
                    else { throw Fault(description: "there is no such item") }
                    value = items[place]
                case "(":
                    let arguments = try list(until: ")")
                    value = try AuthenticationResultsPython.call(value, arguments)
                default: return value
                }
            }
            return value
        }

        private var next: Character? { index < text.count ? text[index] : nil }

        private mutating func skipBlanks() {
            while next == " " { index += 1 }
        }

        private mutating func word() -> String {
            skipBlanks()
            let start = index
            while let letter = next, letter.isLetter || letter.isNumber || letter == "_" {
                index += 1
            }
            return String(text[start..<index])
        }

        private mutating func string() throws -> String {
            let mark = text[index]
            index += 1
            let start = index
            while let letter = next {
                index += 1
                if letter == mark { return String(text[start..<(index - 1)]) }
            }
            throw Fault(description: "a string has no end")
        }

        private mutating func list(until end: Character) throws -> Arguments {
            var arguments = Arguments()
            index += 1
            while true {
                skipBlanks()
                if next == end {
                    index += 1
                    return arguments
                }
                if next == "," {
                    index += 1
                    continue
                }
                if let name = assignedName() {
                    arguments.named.append((name, try expression()))
                } else {
                    arguments.positional.append(try expression())
                }
            }
        }

        private func attribute(_ value: Value, _ name: String) throws -> Value {
            switch value {
            case .name(let path): return .name(path + "." + name)
            case .header(let header):
                if name == "authserv_id" { return .string(header.authservID) }
                if name == "results" { return .list(header.methods.map(Value.result)) }
            case .property(let property):
                if name == "type" { return .string(property.name.type) }
                if name == "name" { return .string(property.name.property) }
                if name == "value" { return .string(property.value) }
            case .result(let result):
                switch name {
                case "method": return .string(result.method)
                case "result": return .string(result.result)
                case "reason": return result.reason.map(Value.string) ?? .none
                case "properties": return .list(result.properties.map(Value.property))
                case _ where name.hasPrefix("match_"): return .method(result, name)
                default:
                    let property = AuthenticationResultsPython.propertyName(name)
                    return property.flatMap { result[$0] }.map(Value.string) ?? .none
                }
            default: break
            }
            throw Fault(description: "\(name) is no attribute")
        }
    }

    struct Arguments {
        var positional: [Value] = []
        var named: [(name: String, value: Value)] = []

        func text(_ name: String) -> String? {
            guard case .string(let text)? = named.first(where: { $0.name == name })?.value else {
                return nil
            }
            return text
        }
    }

    // MARK: What the names do

    static func call(_ function: Value, _ arguments: Arguments) throws -> Value {
        if case .method(let result, let name) = function {
            return try match(result, name, arguments.positional, isStrict: false)
        }
        guard case .name(let path) = function else {
            throw Fault(description: "that cannot be called")
        }
        switch path.split(separator: ".").last ?? "" {
        case "str":
            guard let value = arguments.positional.first else { return .none }
            return .string(text(of: value))
        case "parse":
            guard case .string(let text)? = arguments.positional.first,
                let field = RawField(text)
            else { throw Fault(description: "there is no field to parse") }
            return .header(AuthenticationResultsParser.parse(field))
        case "FeatureContext": return .name("context")
        case "header", "AuthenticationResultsHeader": return .header(header(arguments))
        case "match_signature":
            guard case .result(let result)? = arguments.positional.first else { return .none }
            let isStrict = arguments.named.contains { $0.name == "strict" }
            return try match(
                result, "match_signature", Array(arguments.positional.dropFirst()),
                isStrict: isStrict)
        case let name where name.hasSuffix("AuthenticationResult"):
            return .result(
                try result(String(name.dropLast("AuthenticationResult".count)), arguments))
        default: throw Fault(description: "\(path) is unknown")
        }
    }

    private static func match(
        _ result: MethodResult, _ name: String, _ arguments: [Value], isStrict: Bool
    ) throws -> Value {
        guard case .string(let text)? = arguments.first, let domain = DomainName(text) else {
            throw Fault(description: "a domain is missing")
        }
        var word: String?
        if case .string(let text)? = arguments.dropFirst().first { word = text }
        if name == "match_signature_algorithm" {
            return .bool(result.isAbout(domain, algorithm: word ?? ""))
        }
        return .bool(result.isAbout(domain, signature: word, isStrict: isStrict))
    }

    private static func header(_ arguments: Arguments) -> AuthenticationResults {
        var header = AuthenticationResults(authservID: arguments.text("authserv_id") ?? "")
        if case .string(let name)? = arguments.positional.first { header.authservID = name }
        for (name, value) in arguments.named {
            if name == "version", case .number(let version) = value { header.version = version }
            guard name == "results", case .list(let items) = value else { continue }
            for case .result(let result) in items {
                if result.method == "none" {
                    header.comment = result.comment
                } else {
                    header.methods.append(result)
                }
            }
        }
        return header
    }

    private static let methods = [
        "DKIM": "dkim", "SPF": "spf", "DKIMADSP": "dkim-adsp", "VBR": "vbr", "DMARC": "dmarc",
        "ARC": "arc", "IPRev": "iprev", "SMIME": "smime", "RRVS": "rrvs", "SMTPAUTH": "auth",
        "None": "none",
    ]

    private static func result(_ kind: String, _ arguments: Arguments) throws -> MethodResult {
        guard let method = methods[kind] else { throw Fault(description: "\(kind) is unknown") }
        var result = MethodResult(method, arguments.text("result") ?? "none")
        result.comment = arguments.text("result_comment") ?? arguments.text("comment")
        result.reason = arguments.text("reason")
        for (attribute, value) in arguments.named {
            guard case .string(let text) = value, !attribute.hasSuffix("_comment"),
                let name = propertyName(attribute)
            else { continue }
            result.properties.append(
                ResultProperty(name, text, comment: arguments.text(attribute + "_comment")))
        }
        result.add(.policyDMARC, arguments.text("policy"))
        return result
    }
}
