import Hummingbird
import Identities
import MailReports
import Storage

/// The names and values behind the question mark of an address.
struct Query {
    private var values: [String: String] = [:]

    init(_ request: Request) {
        for (name, value) in PercentCoding.pairs(request.uri.query ?? "", limit: 32)
        where values[name] == nil {
            values[name] = value
        }
    }

    /// The value; nil when it is absent or empty.
    subscript(name: String) -> String? {
        values[name].flatMap { $0.isEmpty ? nil : $0 }
    }
}

/// An address of the console with its query, every part coded.
struct Link {
    /// As it stands in a page or in a `Location` field.
    private(set) var text: String
    private var separator = "?"

    /// - Parameter segments: the path's segments, as they are meant.
    init(_ segments: String...) {
        text = segments.map { "/" + PercentCoding.encode($0) }.joined()
        if text.isEmpty { text = "/" }
    }

    func with(_ name: String, _ value: String?) -> Link {
        guard let value else { return self }
        var copy = self
        copy.text += separator + PercentCoding.encode(name) + "=" + PercentCoding.encode(value)
        copy.separator = "&"
        return copy
    }

    func with(_ window: WindowChoice) -> Link {
        with("days", window.days == WindowChoice.usual ? nil : String(window.days))
            .with("until", window.until?.description)
    }

    var value: Field { .text(text) }
}

/// The days a page looks at, as chosen in its address.
struct WindowChoice {
    static let usual = 30
    private static let choices = [7, 30, 90, 365]

    let days: Int
    let until: UTCDay?

    /// What a page without a choice looks at.
    static let standard = WindowChoice(days: usual, until: nil)

    private init(days: Int, until: UTCDay?) {
        self.days = days
        self.until = until
    }

    init(_ query: Query) {
        let asked = query["days"].flatMap { Int($0) } ?? Self.usual
        days = Self.choices.contains(asked) ? asked : Self.usual
        until = query["until"].flatMap { UTCDay($0) }
    }

    /// Fields for the template `window`: what is shown, and the other choices.
    func fields(_ window: DayRange, endsWithNewestData: Bool, link: Link) -> Field {
        let choices = Self.choices.map { choice -> Fields in
            [
                "days": .text(choice == 365 ? "1 year" : "\(choice) days"),
                "windowLink": link.with(
                    "days", choice == Self.usual ? nil : String(choice)
                ).with("until", until?.description).value,
                "isChosen": .flag(choice == days),
            ]
        }
        return .fields([
            "choices": .list(choices),
            "first": .text(Dates.day(window.first)),
            "last": .text(Dates.day(window.last)),
            "endsWithNewestData": .flag(endsWithNewestData),
        ])
    }
}

extension ConsoleContext {
    /// The domain named in the path.
    func domain() throws -> DomainName {
        let text = PercentCoding.decode(parameters.get("domain") ?? "")
        guard let domain = DomainName(text) else {
            throw ConsoleError.notFound("The address names no domain.")
        }
        return domain
    }

    /// The id in the path.
    func id(_ what: String) throws -> Int64 {
        guard let id = parameters.get("id").flatMap({ Int64($0) }), id > 0 else {
            throw ConsoleError.notFound("The address names no \(what).")
        }
        return id
    }
}

/// How a domain is shown: with its own letters, and in its ASCII form where that differs.
enum DomainText {
    static func fields(_ domain: DomainName) -> Fields {
        let unicode = domain.unicode
        return [
            "name": ForeignText.value(unicode),
            "ascii": unicode == domain.text ? nil : ForeignText.value(domain.text),
        ]
    }

    /// For titles.
    static func plain(_ domain: DomainName) -> String { ForeignText.clean(domain.unicode) }
}
