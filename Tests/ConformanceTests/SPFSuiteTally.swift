import Testing

/// Counts the cases of an SPF suite and names each one that is not met.
struct SPFSuiteTally {
    let suite: String
    private(set) var cases = 0
    private var unmet: [String: String] = [:]

    init(_ suite: String) { self.suite = suite }

    mutating func take(_ name: String, isMet: Bool, _ detail: @autoclosure () -> String) {
        cases += 1
        if !isMet { unmet[name] = detail() }
    }

    /// Prints the row of the table; fails for a difference that is not meant, and for a meant one
    /// that is gone.
    func finish(meant: [String: String] = [:]) {
        print(
            "CONFORMANCE \(suite): cases \(cases), met \(cases - unmet.count),",
            "not met \(unmet.count)")
        for (name, detail) in unmet.sorted(by: { $0.key < $1.key }) {
            print("CONFORMANCE not met: \(suite) \(name): \(detail)")
            #expect(meant[name] != nil, "\(suite) \(name): \(detail)")
        }
        for name in meant.keys {
            #expect(unmet[name] != nil, "\(suite) \(name) is met now")
        }
    }
}
