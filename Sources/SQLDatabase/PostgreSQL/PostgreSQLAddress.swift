import CLibpq

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A PostgreSQL server's address as libpq reads it, with this house's defaults filled in.
struct PostgreSQLAddress: Sendable {
    /// libpq's options; one of them may be the password, so they are shown nowhere.
    let options: [(keyword: String, value: String)]
    let label: String

    init(url: String) throws(SQLError) {
        // libpq's own message repeats parts of the address, password included: it is not passed on.
        guard let parsed = PQconninfoParse(url, nil) else {
            throw SQLError(
                .cannotOpen,
                "The database address is not a valid PostgreSQL address. It looks like "
                    + "postgres://user:password@host:5432/database?sslmode=verify-full; write "
                    + "special characters of the password as %XX.")
        }
        defer { PQconninfoFree(parsed) }
        var options: [(keyword: String, value: String)] = []
        var option = parsed
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val {
                options.append((String(cString: keyword), String(cString: value)))
            }
            option += 1
        }
        func value(_ keyword: String) -> String? {
            options.first { $0.keyword == keyword }?.value
        }
        let host = value("host") ?? value("hostaddr") ?? "local socket"
        let port = value("port") ?? "5432"
        let name = value("dbname") ?? value("user") ?? ""
        label = "PostgreSQL, \(host):\(port)/\(name)"

        let defaults = [
            ("connect_timeout", String(Limits.connectSeconds)),
            ("fallback_application_name", "sealgate"),
            // A server that vanished without a word is noticed within a minute.
            ("keepalives_idle", "30"), ("keepalives_interval", "10"), ("keepalives_count", "3"),
            ("tcp_user_timeout", "60000"),
        ]
        for (keyword, standard) in defaults where value(keyword) == nil {
            options.append((keyword, standard))
        }
        options.removeAll { $0.keyword == "client_encoding" }
        options.append(("client_encoding", "UTF8"))
        self.options = options
    }

    /// Connects, and waits until it is done; the caller finishes the connection in any case.
    func connect() -> OpaquePointer? {
        let texts = options.map { (strdup($0.keyword), strdup($0.value)) }
        defer {
            for (keyword, value) in texts {
                free(keyword)
                free(value)
            }
        }
        let keywords = texts.map { UnsafePointer($0.0) } + [nil]
        let values = texts.map { UnsafePointer($0.1) } + [nil]
        return PQconnectdbParams(keywords, values, 0)
    }
}
