/// The options in words: for a terminal, for docs/configuration.md, and as a file to begin with.
enum SettingsText {
    static func terminal() -> String {
        let options = SettingsOption.all.map { option in
            """
            \(option.key)
            \(wrapped(option.meaning, after: "  "))
            \(wrapped("Takes \(option.wants): \(option.example.yaml)", after: "  "))
            \(wrapped("Default: \(standard(option)). \(option.reason)", after: "  "))
              Flag \(option.flag), variable \(option.variable).
            """
        }
        return options.joined(separator: "\n\n") + "\n\n" + rules
    }

    static func markdown() -> String {
        var text = """
            # Configuration

            Made by `sealgate config describe --format markdown`; do not edit it by hand:
            `UPDATE_GOLDEN=1 swift test --filter ConfigurationDocumentTests` writes it anew.

            \(rules)

            | Option | Default | Flag | Variable |
            |---|---|---|---|

            """
        for option in SettingsOption.all {
            let standard = option.standard.map { "`\($0.yaml)`" } ?? "none"
            text += "| `\(option.key)` | \(standard) | `\(option.flag)` | `\(option.variable)` |\n"
        }
        text += "\n## What each is for\n"
        for option in SettingsOption.all {
            text += "\n**`\(option.key)`** \(option.meaning) It takes \(option.wants).\n"
            text += "*Why this default:* \(option.reason)\n"
        }
        text += """

            ## A file to begin with

            `sealgate config describe --format yaml` prints it. Take the `#` away that stands right
            before an option where you want something else.

            ```yaml
            \(yaml())```

            """
        return text
    }

    static func yaml() -> String {
        var text =
            "# Sealgate's configuration. 'sealgate config check FILE' says whether it is good.\n"
        var group: String?
        for option in SettingsOption.all {
            if option.group != group, let name = option.group { text += "\n#\(name):" }
            group = option.group
            text += "\n" + wrapped(option.meaning, after: "# ") + "\n"
            text += wrapped("Default: \(standard(option)). \(option.reason)", after: "# ") + "\n"
            let margin = group == nil ? "" : "  "
            text += "#\(margin)\(option.member): \(option.example.yaml)\n"
        }
        return text
    }

    /// A text in lines of at most 90 characters, each after the same beginning.
    private static func wrapped(_ text: String, after margin: String) -> String {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if !line.isEmpty, margin.count + line.count + 1 + word.count > 90 {
                lines.append(margin + line)
                line = ""
            }
            line += line.isEmpty ? String(word) : " " + word
        }
        return (lines + [margin + line]).joined(separator: "\n")
    }

    private static let rules = """
        Sealgate runs without any configuration. What you do want otherwise comes from a file in
        YAML, over it from the environment, and over both from the command line.

        The file is the one named with `--config FILE`, else with `SEALGATE_CONFIG`, else
        `./sealgate.yaml` if it is there. `sealgate config check FILE` says whether a file is good; a
        file with a mistake is refused by every command, with its line and the cure. Lists stand in
        brackets in a file, are separated by commas in a variable, and repeat the flag on the
        command line; a list replaces the one below it. Paths count from the folder in which you
        start Sealgate. Empty variables count as not given.

        Domains, rules and people are no options: they are data in the store.
        """

    private static func standard(_ option: SettingsOption) -> String {
        option.standard?.yaml ?? "none"
    }
}
