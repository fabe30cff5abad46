/// Numbers as a sentence says them.
enum PlanNumbers {
    /// `20,014,233`.
    static func count(_ value: Int64) -> String {
        let digits = String(value.magnitude)
        var grouped = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { grouped.append(",") }
            grouped.append(digit)
        }
        return (value < 0 ? "-" : "") + grouped
    }

    /// `1 message`, `412 messages`.
    static func messages(_ value: Int64) -> String {
        count(value) + (value == 1 ? " message" : " messages")
    }

    static func days(_ value: Int) -> String { "\(value) day" + (value == 1 ? "" : "s") }

    /// `98.2 %`: never 100 when something is missing, never 0 when something is there.
    static func percent(_ share: Double) -> String {
        guard share > 0 else { return "0 %" }
        guard share < 1 else { return "100 %" }
        let tenths = Int(share * 1_000)
        if tenths == 0 { return "under 0.1 %" }
        return tenths % 10 == 0 ? "\(tenths / 10) %" : "\(tenths / 10).\(tenths % 10) %"
    }

    static func share(_ part: Int64, of whole: Int64) -> Double {
        whole > 0 ? min(1, max(0, Double(part) / Double(whole))) : 0
    }

    /// Adds counts from reports, which anybody may have written.
    static func sum(_ values: some Sequence<Int64>) -> Int64 {
        values.reduce(0) { total, value in
            let (sum, overflow) = total.addingReportingOverflow(max(0, value))
            return overflow ? .max : sum
        }
    }
}
