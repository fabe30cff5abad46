import ArgumentParser

/// `sealgate config`: what can be configured, and whether a file is good.
struct ConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Explains every option, and checks a configuration file.",
        subcommands: [Describe.self, Check.self])

    struct Describe: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "describe",
            abstract: "Prints every option with its default and the reason for it.")

        enum Format: String, ExpressibleByArgument, CaseIterable {
            case text, markdown, yaml
        }

        @Option(help: "text, markdown (docs/configuration.md), or yaml (a file to begin with)")
        var format = Format.text

        func run() {
            switch format {
            case .text: print(SettingsText.terminal())
            case .markdown: print(SettingsText.markdown(), terminator: "")
            case .yaml: print(SettingsText.yaml(), terminator: "")
            }
        }
    }

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check",
            abstract: "Says whether a configuration file is good, and if not, where and why.")
        @Argument(help: "The file.") var file: String

        func run() throws {
            let checked = try SettingsFile(path: file)
            guard checked.faults.isEmpty else { throw SettingsFaults(faults: checked.faults) }
            print("\(file) is good: \(counted(checked.values.count, "option")) set.")
        }
    }
}
