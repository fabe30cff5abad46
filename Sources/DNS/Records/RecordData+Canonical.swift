extension RecordData {
    /// The same data with its names in lower case (RFC 4034 §6.2).
    ///
    /// Servers that compress names show the letters of the question in their answers, and the
    /// letters of a question may be random.
    public var canonical: RecordData {
        switch self {
        case .mx(let preference, let exchange):
            return .mx(preference: preference, exchange: exchange.lowercased)
        case .cname(let name): return .cname(name.lowercased)
        case .dname(let name): return .dname(name.lowercased)
        case .ns(let name): return .ns(name.lowercased)
        case .ptr(let name): return .ptr(name.lowercased)
        case .srv(let priority, let weight, let port, let target):
            return .srv(
                priority: priority, weight: weight, port: port, target: target.lowercased)
        case .soa(var soa):
            soa.primaryServer = soa.primaryServer.lowercased
            soa.responsibleMailbox = soa.responsibleMailbox.lowercased
            return .soa(soa)
        case .a, .aaaa, .txt, .caa, .tlsa, .ds, .unknown: return self
        }
    }
}
