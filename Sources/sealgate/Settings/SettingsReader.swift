import ArgumentParser
import Configuration
import FoundationEssentials

/// What a command line says about options of the configuration: values by key.
struct GivenFlags {
    private(set) var values: [String: SettingsValue] = [:]

    /// Takes up a text; nothing happens without one.
    mutating func add(_ key: String, _ text: String?) {
        if let text { values[key] = .text(text) }
    }

    mutating func add(_ key: String, _ number: Int?) {
        if let number { values[key] = .number(number) }
    }

    /// Takes up the values of a flag that may be repeated; nothing happens without any.
    mutating func add(_ key: String, _ items: [String]) {
        if !items.isEmpty { values[key] = .list(items) }
    }
}

/// Options that may stand on a command line.
protocol GivesFlags {
    func give(to flags: inout GivenFlags)
}

extension Settings {
    /// The file that is read when nobody names one, if it is there.
    static let usualFile = "./sealgate.yaml"
    static let fileVariable = "SEALGATE_CONFIG"

    /// Defaults, the file over them, the environment over that, and the command line over all.
    ///
    /// - Parameters:
    ///   - config: the file named with `--config`.
    ///   - groups: the command's options.
    static func load(config: String?, _ groups: [any GivesFlags]) async throws -> Settings {
        var flags = GivenFlags()
        for group in groups { group.give(to: &flags) }
        let environment = ProcessInfo.processInfo.environment
        let file = try (config ?? path(environment)).map(SettingsFile.init(path:))
        try check(flags)
        let variables = variables(environment)
        let faults = (file?.faults ?? []) + faults(in: variables)
        guard faults.isEmpty else { throw SettingsFaults(faults: faults) }

        var providers: [any ConfigProvider] = [
            InMemoryProvider(name: "flags", values: configValues(flags.values)),
            EnvironmentVariablesProvider(environmentVariables: variables)
                .prefixKeys(with: "sealgate"),
        ]
        // YAMLSnapshot refuses a file of comments only.
        if let file, !file.values.isEmpty {
            let place = InMemoryProvider(
                values: ["filePath": ConfigValue(.string(file.path), isSecret: false)])
            providers.append(
                try await FileProvider<YAMLSnapshot>(config: ConfigReader(provider: place)))
        }
        return settings(ConfigReader(providers: providers))
    }

    private static func settings(_ reader: ConfigReader) -> Settings {
        var settings = Settings()
        for option in SettingsOption.all {
            let key = ConfigKey(option.key)
            let value: SettingsValue? =
                switch option.shape {
                case .text: reader.string(forKey: key).map { .text($0) }
                case .number: reader.int(forKey: key).map { .number($0) }
                case .list: reader.stringArray(forKey: key).map { .list($0) }
                }
            // Every source was checked above, so nothing is refused here.
            if let value { _ = option.write(value, &settings) }
        }
        return settings
    }

    private static func path(_ environment: [String: String]) -> String? {
        if let named = environment[fileVariable], !named.isEmpty { return named }
        return FileManager.default.fileExists(atPath: usualFile) ? usualFile : nil
    }

    /// The variables that are options and are not empty: others that begin alike are not ours.
    private static func variables(_ environment: [String: String]) -> [String: String] {
        let names = Set(SettingsOption.all.map(\.variable))
        return environment.filter { names.contains($0.key) && !$0.value.isEmpty }
    }

    private static func faults(in variables: [String: String]) -> [SettingsFault] {
        SettingsOption.all.compactMap { option in
            guard let text = variables[option.variable] else { return nil }
            switch option.shape {
            case .text: return option.fault(.text(text), at: option.variable)
            case .number:
                guard let number = Int(text) else {
                    return option.refusal("\"\(plain(text))\"", at: option.variable)
                }
                return option.fault(.number(number), at: option.variable)
            case .list:
                let items = text.split(separator: ",", omittingEmptySubsequences: false)
                    .map(trimmed)
                return option.fault(.list(items), at: option.variable)
            }
        }
    }

    /// Without the blanks around it, as swift-configuration reads the items of a list.
    private static func trimmed(_ text: Substring) -> String {
        var rest = text.drop { $0 == " " }
        while rest.last == " " { rest.removeLast() }
        return String(rest)
    }

    private static func check(_ flags: GivenFlags) throws {
        for option in SettingsOption.all {
            guard let value = flags.values[option.key] else { continue }
            let flag = option.flag.split(separator: " ").last.map(String.init) ?? option.flag
            if let fault = option.fault(value, at: flag) {
                throw ValidationError(fault.description)
            }
        }
    }

    private static func configValues(
        _ values: [String: SettingsValue]
    ) -> [AbsoluteConfigKey: ConfigValue] {
        var result: [AbsoluteConfigKey: ConfigValue] = [:]
        for (key, value) in values {
            let content: ConfigContent =
                switch value {
                case .text(let text): .string(text)
                case .number(let number): .int(number)
                case .list(let items): .stringArray(items)
                }
            result[AbsoluteConfigKey(ConfigKey(key).components)] = ConfigValue(
                content, isSecret: false)
        }
        return result
    }
}
