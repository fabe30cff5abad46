public import DNS
public import DNSResolver
import Identities

/// Which server takes changes of a zone, and with which key.
public struct KeyRing: Sendable {
    /// A primary server named by a person: `example.com=192.0.2.1:53` or, with the name of a key,
    /// `example.com=192.0.2.1:53#key-name`.
    public struct Primary: Hashable, Sendable, CustomStringConvertible {
        public let zone: DNSName
        public let server: ResolverAddress
        public let keyName: DNSName?

        public init?(_ text: String) {
            let halves = text.split(separator: "=", maxSplits: 1)
            guard halves.count == 2, let zone = DNSName(String(halves[0])), !zone.isRoot else {
                return nil
            }
            let parts = halves[1].split(separator: "#", maxSplits: 1)
            guard let place = parts.first, let server = ResolverAddress(place) else { return nil }
            self.zone = zone
            self.server = server
            guard parts.count > 1 else {
                keyName = nil
                return
            }
            guard let name = DNSName(String(parts[1])), !name.isRoot else { return nil }
            keyName = name
        }

        public init(zone: DNSName, server: ResolverAddress, keyName: DNSName? = nil) {
            self.zone = zone
            self.server = server
            self.keyName = keyName
        }

        public var description: String {
            let key = keyName.map { "#\($0.description.dropLast())" } ?? ""
            return "\(zone.description.dropLast())=\(server)\(key)"
        }
    }

    private let keys: [TransactionKey]
    private let primaries: [Primary]

    public init(keys: [TransactionKey] = [], primaries: [Primary] = []) {
        self.keys = keys
        self.primaries = primaries
    }

    /// The server that a person named for the zone, or for the nearest one above it.
    public func primary(of zone: DNSName) -> ResolverAddress? { named(zone)?.server }

    private func named(_ zone: DNSName) -> Primary? {
        primaries.filter { zone.isEqualOrBelow($0.zone) }
            .max { $0.zone.labelCount < $1.zone.labelCount }
    }

    /// The key for a zone: the one that a person named for it, or the only one there is.
    ///
    /// - Throws: `ZoneFault` when it cannot be told which, so that no secret is used where it was
    ///   not meant to be. Nil when there are no keys.
    public func key(for zone: DNSName) throws -> TransactionKey? {
        if let name = named(zone)?.keyName {
            guard let key = keys.first(where: { $0.name == name }) else {
                throw ZoneFault("The key \(name) for \(zone) is not in the file of keys.")
            }
            return key
        }
        guard keys.count > 1 else { return keys.first }
        let names = keys.prefix(5).map(\.name.description).joined(separator: ", ")
        throw ZoneFault(
            "Which of the keys \(names) is for \(zone)? Say so with "
                + "--primary ZONE=HOST:PORT#KEY.")
    }
}
