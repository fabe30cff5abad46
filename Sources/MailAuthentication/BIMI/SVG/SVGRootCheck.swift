/// Holds the attributes that a logo's root must have against the profile.
struct SVGRootCheck {
    private let element: SVGElement

    init(_ element: SVGElement) {
        self.element = element
    }

    func run(add: (SVGViolation) -> Void) {
        if value("version") != "1.2" {
            add(told(.version, "version", "version must be 1.2; \(found("version"))."))
        }
        if value("baseProfile") != "tiny-ps" {
            add(
                told(
                    .baseProfile, "baseProfile",
                    "baseProfile must be tiny-ps; \(found("baseProfile"))."))
        }
        guard let viewBox = value("viewBox") else {
            add(
                told(
                    .viewBoxMissing, "viewBox",
                    "<svg> should have a viewBox, so that the logo can be shown in any size."))
            return judge(length("width"), length("height"), add)
        }
        guard let numbers = Self.numbers(viewBox), numbers.count == 4, numbers[2] > 0,
            numbers[3] > 0
        else {
            return add(
                told(
                    .viewBoxInvalid, "viewBox",
                    "viewBox must be four numbers, the last two above zero; it is"
                        + " “\(viewBox.reasonExcerpt)”."))
        }
        judge(numbers[2], numbers[3], add)
    }

    private func judge(_ width: Double?, _ height: Double?, _ add: (SVGViolation) -> Void) {
        guard let width, let height else { return }
        // A thousandth is no visible difference; drawing programs round.
        guard abs(width - height) > max(width, height) / 1_000 else { return }
        add(
            told(
                .notSquare, "viewBox",
                "The logo is not square (\(width.plain) by \(height.plain)); mailbox providers cut"
                    + " it to a square or a circle."))
    }

    private func value(_ name: String) -> String? {
        element.attributes.first { $0.name.namespace == nil && $0.name.local == name }?.value
    }

    private func found(_ name: String) -> String {
        value(name).map { "it is “\($0.reasonExcerpt)”" } ?? "it is missing"
    }

    /// A width or height; its unit does not matter for the shape unless it is a percentage.
    private func length(_ name: String) -> Double? {
        guard let text = value(name), !text.hasSuffix("%") else { return nil }
        let digits = text.utf8.prefix { $0.isDigit || $0 == UInt8(ascii: ".") }
        return Double(Substring(digits))
    }

    static func numbers(_ text: String) -> [Double]? {
        guard text.utf8.count < 200,
            text.utf8.allSatisfy({
                $0.isDigit || $0.isWhitespace || Array(",.+-eE".utf8).contains($0)
            })
        else { return nil }
        var numbers: [Double] = []
        for part in text.split(whereSeparator: { $0.isWhitespace || $0 == "," }) {
            guard let number = Double(part), number.isFinite else { return nil }
            numbers.append(number)
        }
        return numbers
    }

    private func told(
        _ code: SVGViolation.Code, _ attribute: String, _ reason: String
    ) -> SVGViolation {
        SVGViolation(
            code, element: element.name.written, attribute: attribute, line: element.line,
            reason: reason)
    }
}

extension Double {
    /// Without a needless `.0`.
    fileprivate var plain: String {
        let text = description
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}
