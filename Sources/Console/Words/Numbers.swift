/// Figures as people read them.
enum Numbers {
    /// `1,204,330`.
    static func grouped(_ value: Int64) -> String {
        let digits = Array(String(value.magnitude))
        var result = value < 0 ? "−" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { result.append(",") }
            result.append(digit)
        }
        return result
    }

    /// `1.2 M`, `340 k`: for axes and narrow columns.
    static func short(_ value: Double) -> String {
        let steps: [(Double, String)] = [(1e12, " T"), (1e9, " G"), (1e6, " M"), (1e3, " k")]
        for (size, unit) in steps where value.magnitude >= size {
            return decimal(value / size) + unit
        }
        return decimal(value)
    }

    /// `612.4 million` above a million, grouped digits below: for sentences.
    static func spoken(_ value: Int64) -> String {
        switch value.magnitude {
        case 1_000_000_000_000...: decimal(Double(value) / 1e12) + "\u{A0}trillion"
        case 1_000_000_000...: decimal(Double(value) / 1e9) + "\u{A0}billion"
        case 1_000_000...: decimal(Double(value) / 1e6) + "\u{A0}million"
        default: grouped(value)
        }
    }

    /// `98.2 %`. Rounded towards the middle: "100 %" and "0 %" are said only when they are exact.
    static func share(_ part: Int64, of whole: Int64) -> String {
        guard whole > 0 else { return "–" }
        if part <= 0 { return "0\u{A0}%" }
        if part >= whole { return "100\u{A0}%" }
        let tenths = (Double(part) / Double(whole) * 1_000).rounded(.down)
        if tenths < 1 { return "under 0.1\u{A0}%" }
        return decimal(tenths / 10) + "\u{A0}%"
    }

    /// For the beginning of a sentence.
    static func capitalised(_ text: String) -> String {
        text.prefix(1).uppercased() + text.dropFirst()
    }

    /// `1 sender`, `3 senders`.
    static func counted(_ count: Int, _ one: String, _ many: String) -> String {
        counted(Int64(count), one, many)
    }

    static func counted(_ count: Int64, _ one: String, _ many: String) -> String {
        "\(grouped(count))\u{A0}\(count == 1 ? one : many)"
    }

    /// `12.4 KiB`.
    static func bytes(_ count: Int64) -> String {
        switch count {
        case (1 << 30)...: decimal(Double(count) / Double(1 << 30)) + "\u{A0}GiB"
        case (1 << 20)...: decimal(Double(count) / Double(1 << 20)) + "\u{A0}MiB"
        case 1_024...: decimal(Double(count) / 1_024) + "\u{A0}KiB"
        default: counted(count, "byte", "bytes")
        }
    }

    /// One decimal at most, and none where it is zero.
    static func decimal(_ value: Double) -> String {
        guard value.isFinite, value.magnitude < 1e15 else { return "–" }
        let tenths = Int64((value * 10).rounded())
        let (whole, rest) = (tenths / 10, (tenths % 10).magnitude)
        let sign = tenths < 0 && whole == 0 ? "−" : ""
        return sign + grouped(whole) + (rest == 0 ? "" : ".\(rest)")
    }
}
