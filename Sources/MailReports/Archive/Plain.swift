/// Numbers as people write them.
enum Plain {
    /// `1.2 MB`: bytes in powers of a thousand.
    static func bytes(_ count: Int) -> String {
        let units = ["bytes", "kB", "MB", "GB", "TB"]
        var value = Double(max(0, count))
        var unit = 0
        while value >= 999.5, unit + 1 < units.count {
            value /= 1_000
            unit += 1
        }
        if unit == 0 { return count == 1 ? "1 byte" : "\(max(0, count)) bytes" }
        let tenths = Int((value * 10).rounded())
        return value < 10 && tenths % 10 != 0
            ? "\(tenths / 10).\(tenths % 10) \(units[unit])"
            : "\(Int(value.rounded())) \(units[unit])"
    }

    /// `1,234,567`.
    static func number(_ value: Int64) -> String {
        var digits = String(value.magnitude)
        var groups: [Substring] = []
        while digits.count > 3 {
            groups.insert(digits.suffix(3), at: 0)
            digits = String(digits.dropLast(3))
        }
        groups.insert(digits[...], at: 0)
        return (value < 0 ? "-" : "") + groups.joined(separator: ",")
    }

    /// `1 report`, `2 reports`.
    static func count(_ value: Int64, _ singular: String, _ plural: String) -> String {
        "\(number(value)) \(value == 1 ? singular : plural)"
    }
}
