/// One option of the configuration: its names, what it is for, and how its value is checked.
struct SettingsOption: Sendable {
    /// Its name in a file; a dot stands between a group and its member.
    let key: String
    let shape: SettingsValue.Shape
    /// Its name on the command line, with the command where only one knows it.
    let flag: String
    /// What it does, as a sentence.
    let meaning: String
    /// Why its default is what it is.
    let reason: String
    /// What it takes, to go on after "wants".
    let wants: String
    /// A value that somebody may want instead of the default.
    let example: SettingsValue
    /// The value that holds in some settings; nil for none.
    let read: @Sendable (Settings) -> SettingsValue?
    /// Puts a value into some settings; false when the option does not take it.
    let write: @Sendable (SettingsValue, inout Settings) -> Bool

    /// Its name in the environment.
    var variable: String {
        "SEALGATE_" + key.uppercased().map { $0 == "-" || $0 == "." ? "_" : String($0) }.joined()
    }

    /// `console` of `console.port`.
    var group: String? {
        let parts = key.split(separator: ".")
        return parts.count > 1 ? String(parts[0]) : nil
    }

    /// `port` of `console.port`.
    var member: String { String(key.split(separator: ".").last ?? "") }

    /// What holds when nobody says anything.
    var standard: SettingsValue? { read(Settings()) }

    /// What is wrong with a value, or nil.
    func fault(_ value: SettingsValue, at place: String) -> SettingsFault? {
        var trial = Settings()
        guard !write(value, &trial) else { return nil }
        return refusal(holdsSecret ? "what is there" : Self.words(value), at: place)
    }

    /// An address may carry a password, which no message repeats.
    private var holdsSecret: Bool { key == "database" || key == "intake.places" }

    /// The fault of a value that this option does not take.
    func refusal(_ found: String, at place: String) -> SettingsFault {
        SettingsFault(
            place: place, problem: "\(key) wants \(wants), not \(found).",
            cure: "For example: \(member): \(example.yaml)")
    }

    private static func words(_ value: SettingsValue) -> String {
        switch value {
        case .text(""): "nothing"
        case .text(let text): "\"\(plain(text))\""
        case .number(let number): String(number)
        case .list(let items):
            "the list " + items.prefix(5).map { "\"\(plain($0))\"" }.joined(separator: ", ")
        }
    }

    static func named(_ key: String) -> SettingsOption? { all.first { $0.key == key } }

    /// Every option, in the order of `sealgate config describe`.
    static let all: [SettingsOption] =
        store + naming + intake + places + console + gateway
        + changes + alerts + signIn + export
}
