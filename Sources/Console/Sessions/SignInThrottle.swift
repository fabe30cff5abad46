import Storage

/// Slows down guessing: after a few failures for a name, or from an address, both wait.
actor SignInThrottle {
    private struct Failures {
        var count = 0
        var since: Int64
    }

    private var failures: [String: Failures] = [:]

    /// Seconds to wait before the next try; nil when it may be made now.
    func pause(name: String, address: String, now: Int64) -> Int64? {
        let byName = wait(Self.key(name: name), limit: Limits.failedSignIns, now: now)
        let byAddress = wait(
            Self.key(address: address), limit: Limits.failedSignInsFromAddress, now: now)
        let longest = max(byName, byAddress)
        return longest > 0 ? longest : nil
    }

    /// Counts a try before its password is checked, so that tries at the same time count too.
    func begin(name: String, address: String, now: Int64) {
        for key in [Self.key(name: name), Self.key(address: address)] {
            if failures.count >= Limits.rememberedFailures { forgetOld(now: now) }
            var entry = failures[key] ?? Failures(since: now)
            if now - entry.since >= Limits.signInPause { entry = Failures(since: now) }
            entry.count += 1
            failures[key] = entry
        }
    }

    /// A right password clears the name's failures, not the address's: a guesser may own one name.
    func succeeded(name: String, address: String) {
        failures[Self.key(name: name)] = nil
        failures[Self.key(address: address)]?.count -= 1
    }

    private func wait(_ key: String, limit: Int, now: Int64) -> Int64 {
        guard let entry = failures[key], entry.count >= limit else { return 0 }
        return max(0, entry.since + Limits.signInPause - now)
    }

    private func forgetOld(now: Int64) {
        failures = failures.filter { now - $0.value.since < Limits.signInPause }
        if failures.count >= Limits.rememberedFailures {
            // Still full: someone invents names. Addresses are kept, they are harder to invent.
            failures = failures.filter { $0.key.hasPrefix("address ") }
        }
        if failures.count >= Limits.rememberedFailures { failures.removeAll() }
    }

    private static func key(name: String) -> String {
        "name " + name.lowercased().prefix(AccountLimits.nameCharacters)
    }

    private static func key(address: String) -> String { "address " + address }
}
