import Glibc

/// How many files and connections this process may have open at once.
public enum OpenFiles {
    /// What is allowed now, and what it could be raised to.
    public static var limit: (now: Int, most: Int) {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            return (0, 0)
        }
        return (Int(clamping: limit.rlim_cur), Int(clamping: limit.rlim_max))
    }

    /// Raises the limit as far as the system lets us; what holds then.
    @discardableResult
    public static func raise() -> Int {
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0 else { return 0 }
        if limit.rlim_cur < limit.rlim_max {
            limit.rlim_cur = limit.rlim_max
            setrlimit(resource, &limit)
        }
        return self.limit.now
    }

    public static func look() -> Finding {
        let most = limit.most
        let words = "Up to \(most) files and connections can be open at once"
        guard most < Limits.wantedOpenFiles else {
            return Finding("open files", .ok, at: "this user", "\(words).")
        }
        return Finding(
            "open files", .look, at: "this user",
            "\(words); a flood of connections can use them up.",
            advice: "Allow \(Limits.wantedOpenFiles): LimitNOFILE=\(Limits.wantedOpenFiles) in the "
                + "service, or ulimit -Hn.")
    }
}
