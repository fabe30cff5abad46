import FoundationEssentials
import Yams

/// A configuration file, checked line by line.
///
/// swift-configuration reads the values; it does not say where one stands, nor that a name means
/// nothing. So the file is first read here, with Yams' marks.
struct SettingsFile {
    /// Larger files are no configuration.
    static let mostBytes = 1 << 20

    let path: String
    /// Options set, by key.
    private(set) var values: [String: SettingsValue] = [:]
    private(set) var faults: [SettingsFault] = []

    init(path: String) throws {
        self.path = path
        let text = try Self.text(path)
        do {
            guard let root = try Parser(yaml: text).singleRoot(), !Self.isNothing(root) else {
                return
            }
            read(root, below: nil)
        } catch let error as YamlError {
            faults = [Self.fault(error, path)]
        }
    }

    private static func text(_ path: String) throws -> String {
        let cure = "Name another with --config or SEALGATE_CONFIG."
        let bytes: Data
        do {
            let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? UInt64
            guard size ?? 0 <= mostBytes else {
                throw PlainError("The configuration file \(path) is larger than 1 MiB. \(cure)")
            }
            bytes = try Data(contentsOf: URL(filePath: path))
        } catch let error as PlainError {
            throw error
        } catch {
            let isThere = FileManager.default.fileExists(atPath: path)
            throw PlainError(
                isThere
                    ? "The configuration file \(path) cannot be read. \(cure)"
                    : "There is no configuration file \(path). \(cure)")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw PlainError("The configuration file \(path) is not UTF-8 text: save it as UTF-8.")
        }
        return text
    }

    private mutating func read(_ node: Node, below group: String?) {
        // A group whose options are all comments.
        if group != nil, Self.isNothing(node) { return }
        guard case .mapping(let mapping) = node else {
            faults.append(
                SettingsFault(
                    place: place(node),
                    problem: (group.map { "\($0) wants" } ?? "The file wants")
                        + " options with their values, and there is something else.",
                    cure: "Write each as: name: value"))
            return
        }
        for (name, value) in mapping {
            guard case .scalar(let scalar) = name else {
                faults.append(
                    SettingsFault(
                        place: place(name), problem: "The name of an option is a word.",
                        cure: "Write each as: name: value"))
                continue
            }
            let key = group.map { "\($0).\(scalar.string)" } ?? scalar.string
            if let option = SettingsOption.named(key) {
                read(value, of: option)
            } else if SettingsOption.groups.contains(key) {
                read(value, below: key)
            } else {
                faults.append(unknown(key, place(name)))
            }
        }
    }

    private mutating func read(_ node: Node, of option: SettingsOption) {
        guard !Self.isNothing(node) else {
            faults.append(
                SettingsFault(
                    place: place(node), problem: "\(option.key) has no value.",
                    cure: "Give it one, or begin the line with #."))
            return
        }
        guard let value = Self.value(node, option.shape) else {
            faults.append(option.refusal(Self.words(node), at: place(node)))
            return
        }
        if let fault = option.fault(value, at: place(node)) {
            faults.append(fault)
        } else {
            values[option.key] = value
        }
    }

    /// The value in the option's shape; nil when it has another one.
    private static func value(_ node: Node, _ shape: SettingsValue.Shape) -> SettingsValue? {
        switch (node, shape) {
        case (.scalar(let scalar), .text): return .text(scalar.string)
        case (.scalar(let scalar), .number):
            // YAML 1.1 reads 010 as 8 and 1:30 as 90: only what looks like its value is taken.
            guard let number = Int(scalar.string), String(number) == scalar.string else {
                return nil
            }
            return .number(number)
        case (.sequence(let items), .list):
            let texts = items.map { item -> String? in
                guard case .scalar(let scalar) = item, !isNothing(item) else { return nil }
                return scalar.string
            }
            return texts.contains(nil) ? nil : .list(texts.compactMap(\.self))
        default: return nil
        }
    }

    private static func words(_ node: Node) -> String {
        switch node {
        case .scalar(let scalar): "\"\(plain(scalar.string))\""
        case .sequence: "a list"
        default: "a group of options"
        }
    }

    private static func isNothing(_ node: Node) -> Bool {
        guard case .scalar(let scalar) = node else { return false }
        return node.tag.description == Tag.Name.null.rawValue || scalar.string.isEmpty
    }

    private func unknown(_ key: String, _ place: String) -> SettingsFault {
        let near = SettingsOption.nearest(to: key).map { "Did you mean \($0)? " } ?? ""
        return SettingsFault(
            place: place, problem: "There is no option \(plain(key)).",
            cure: near + "'sealgate config describe' lists all.")
    }

    private func place(_ node: Node) -> String {
        "\(path), line \(node.mark?.line ?? 1)"
    }

    /// What YAML's reader says, with the line.
    private static func fault(_ error: YamlError, _ path: String) -> SettingsFault {
        let cure =
            "Indent with spaces, write \"name: value\", and put texts with : or # in quotation "
            + "marks."
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            return SettingsFault(
                place: "\(path), line \(mark.line)",
                problem: "This is not YAML (\(plain(problem))).", cure: cure)
        case .duplicatedKeysInMapping(let keys, let context):
            return SettingsFault(
                place: "\(path), line \(context.mark.line)",
                problem: "\(plain(keys.sorted().joined(separator: ", "))) is there twice.",
                cure: "Keep one.")
        default:
            return SettingsFault(
                place: path, problem: "This is not YAML (\(plain("\(error)"))).", cure: cure)
        }
    }
}

extension SettingsOption {
    static let groups = Set(all.compactMap(\.group))

    /// The option whose name somebody most likely meant.
    static func nearest(to key: String) -> String? {
        if let member = all.first(where: { $0.member == key }) { return member.key }
        let distances = all.map { (key: $0.key, steps: steps(from: key, to: $0.key)) }
        guard let best = distances.min(by: { $0.steps < $1.steps }), best.steps <= 3 else {
            return nil
        }
        return best.key
    }

    /// Letters to add, take away or change (Levenshtein); long names are not measured.
    private static func steps(from first: String, to second: String) -> Int {
        let (a, b) = (Array(first.utf8), Array(second.utf8))
        guard a.count <= 40 else { return .max }
        var row = Array(0...b.count)
        for (i, letter) in a.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, other) in b.enumerated() {
                let next = min(row[j] + 1, row[j + 1] + 1, diagonal + (letter == other ? 0 : 1))
                diagonal = row[j + 1]
                row[j + 1] = next
            }
        }
        return row[b.count]
    }
}
