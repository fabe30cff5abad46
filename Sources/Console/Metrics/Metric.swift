/// One measure with its samples, as Prometheus reads it.
public struct Metric: Hashable, Sendable {
    public enum Kind: String, Sendable {
        /// Only grows, until the program starts again.
        case counter
        case gauge
    }

    /// One value, told apart by its labels.
    public struct Sample: Hashable, Sendable {
        public var labels: [Label]
        public var value: Double

        public init(_ value: Double, _ labels: [Label] = []) {
            self.labels = labels
            self.value = value
        }

        public init(_ value: some BinaryInteger, _ labels: [Label] = []) {
            self.init(Double(value), labels)
        }
    }

    public struct Label: Hashable, Sendable {
        public var name: String
        public var value: String

        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// `sealgate_messages_total`: letters, digits and underscores.
    public var name: String
    public var kind: Kind
    /// One sentence.
    public var help: String
    public var samples: [Sample]

    public init(_ name: String, _ kind: Kind, _ help: String, _ samples: [Sample]) {
        self.name = name
        self.kind = kind
        self.help = help
        self.samples = samples
    }

    public init(_ name: String, _ kind: Kind, _ help: String, _ value: some BinaryInteger) {
        self.init(name, kind, help, [Sample(value)])
    }
}

/// Measures in the text format of Prometheus, version 0.0.4.
enum MetricsText {
    static let mediaType = "text/plain; version=0.0.4; charset=utf-8"

    static func render(_ metrics: [Metric]) -> String {
        var text = ""
        for metric in metrics {
            let name = word(metric.name)
            text += "# HELP \(name) \(escaped(metric.help, quotes: false))\n"
            text += "# TYPE \(name) \(metric.kind.rawValue)\n"
            for sample in metric.samples.prefix(Limits.metricSamples) {
                let labels = sample.labels.map {
                    "\(word($0.name))=\"\(escaped(cut($0.value), quotes: true))\""
                }
                text += name + (labels.isEmpty ? "" : "{\(labels.joined(separator: ","))}")
                text += " \(number(sample.value))\n"
            }
        }
        return text
    }

    /// A name as the format takes it, whatever was given.
    private static func word(_ name: String) -> String {
        var word = String(
            String.UnicodeScalarView(
                name.unicodeScalars.map { scalar in
                    let isPlain =
                        (scalar.value | 0x20) &- 0x61 < 26 || scalar.value &- 0x30 < 10
                    return isPlain ? scalar : "_"
                }))
        if word.first.map(\.isNumber) ?? true { word = "_" + word }
        return word
    }

    private static func cut(_ value: String) -> String {
        String(String.UnicodeScalarView(value.unicodeScalars.prefix(Limits.metricLabel)))
    }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result.append(contentsOf: "\\\\".unicodeScalars)
            case "\n": result.append(contentsOf: "\\n".unicodeScalars)
            case "\"" where quotes: result.append(contentsOf: "\\\"".unicodeScalars)
            default: result.append(scalar.value < 0x20 ? " " : scalar)
            }
        }
        return String(result)
    }

    private static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        if let whole = Int64(exactly: value) { return String(whole) }
        return String(value)
    }
}
