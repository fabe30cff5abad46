public import DomainAnalysis
public import Identities

/// Which network and country an address belongs to, by files that the operator gives.
///
/// Networks and countries often come in two files; where several answer, the first one counts.
public struct NetworkLookup: Sendable {
    private let files: [NetworkFile]
    private let limits: NetworkLimits

    /// Opens the files; nil when there are none. Each error says what is wrong and what to do.
    public init?(
        paths: [String], limits: NetworkLimits = NetworkLimits()
    ) throws(NetworkFileError) {
        guard !paths.isEmpty else { return nil }
        guard paths.count <= limits.files else {
            throw NetworkFileError(path: paths[limits.files], .tooMany(limits.files))
        }
        var files: [NetworkFile] = []
        for path in paths { files.append(try NetworkFile(path: path, limits: limits)) }
        self.files = files
        self.limits = limits
    }

    /// What is known about an address; nil when it is nothing.
    public func network(of address: IPAddress) -> SourceObservation.Network? {
        var network = SourceObservation.Network(number: nil, organisation: nil, country: nil)
        for file in files {
            guard let entry = file.entry(for: address, limits: limits) else { continue }
            // A number and its name belong together: never one file's with another's.
            if network.number == nil, network.organisation == nil {
                network.number = entry.number
                network.organisation = entry.organisation
            }
            network.country = network.country ?? entry.country
        }
        let isEmpty =
            network.number == nil && network.organisation == nil && network.country == nil
        return isEmpty ? nil : network
    }

    /// Path and making of each file: a newer one at the same place is another.
    var editions: [String] { files.map { "\($0.path) of \($0.madeAt)" } }

    /// Files of which some entries could not be read.
    public var damaged: [String] { files.filter(\.hasDamage).map(\.path) }
}

/// Why a file of networks cannot be used.
public struct NetworkFileError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Reason: Hashable, Sendable {
        case missing
        case unreadable
        case notAFile
        case tooLarge(Int64)
        case tooMany(Int)
        case damaged
        /// Readable, and about something else: its own type.
        case holdsOther(String)
    }

    public var path: String
    public var reason: Reason

    init(path: String, _ reason: Reason) {
        self.path = path
        self.reason = reason
    }

    public var description: String {
        let cure = "Name another with --networks, or leave it out."
        switch reason {
        case .missing: return "There is no networks file \(path). \(cure)"
        case .unreadable:
            return "The networks file \(path) cannot be opened: let this user read it."
        case .notAFile: return "The networks file \(path) is not a file. \(cure)"
        case .tooLarge(let bytes):
            return "The networks file \(path) is larger than \(bytes >> 30) GiB. \(cure)"
        case .tooMany(let files):
            return "More than \(files) networks files were given; \(path) is one too many."
        case .damaged:
            return "The networks file \(path) is not an MMDB file, or it is damaged. Unpack it if "
                + "it came in an archive, or get it again from its maker."
        case .holdsOther(let type):
            return "The networks file \(path) (\(type)) tells neither networks nor countries. Take "
                + "a file of autonomous systems (ASN) or of countries."
        }
    }
}
