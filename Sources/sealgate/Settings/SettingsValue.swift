/// A value as files, variables and flags can hold it.
enum SettingsValue: Hashable, Sendable {
    case text(String)
    case number(Int)
    case list([String])

    /// The kind of value that an option takes.
    enum Shape: Sendable {
        case text
        case number
        case list
    }

    /// As it stands in a YAML file.
    var yaml: String {
        switch self {
        case .text(let text): Self.quoted(text)
        case .number(let number): String(number)
        case .list(let items): "[" + items.map(Self.quoted).joined(separator: ", ") + "]"
        }
    }

    /// Quotation marks where YAML would read something else.
    private static func quoted(_ text: String) -> String {
        let isPlain =
            text.first.map { $0.isLetter || $0 == "/" || $0 == "." } ?? false
            && !text.contains(": ") && !text.contains(" #") && !text.contains(",")
        return isPlain ? text : "\"\(text)\""
    }
}

/// Something wrong in a configuration: where, what, and what to do about it.
struct SettingsFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// `sealgate.yaml, line 4`, `SEALGATE_CONSOLE_PORT`, `--port`.
    var place: String
    var problem: String
    var cure: String

    var description: String { "\(place): \(problem) \(cure)" }
}

/// All that is wrong in a configuration, told at once.
struct SettingsFaults: Error, CustomStringConvertible {
    var faults: [SettingsFault]

    var description: String { faults.map(\.description).joined(separator: "\n") }
}
