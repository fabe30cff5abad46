import CMaxMindDB
import Glibc
import Identities
import Synchronization

/// One MMDB file, opened once and asked by many tasks: which network an address belongs to.
///
/// The library maps the file and never writes to it, so one open file serves every thread.
final class NetworkFile: Sendable {
    let path: String
    /// `GeoLite2-ASN` and the like: what its maker calls it.
    let type: String
    /// When it was made, in seconds since 1970, as it says itself.
    let madeAt: UInt64
    private let database: Opened
    private let isDamaged = Atomic<Bool>(false)

    /// Opens the file and looks at its first entries.
    init(path: String, limits: NetworkLimits) throws(NetworkFileError) {
        try Self.checkSize(path, limits: limits)
        database = try Opened(path: path)
        self.path = path
        type = NetworkField.text(database.type, limit: limits.textLength)
        madeAt = database.madeAt
        switch database.sample(limits) {
        case .useful: return
        case .damaged: throw NetworkFileError(path: path, .damaged)
        case .useless: throw NetworkFileError(path: path, .holdsOther(type))
        }
    }

    /// True once an entry could not be read: some addresses are then left without a network.
    var hasDamage: Bool { isDamaged.load(ordering: .relaxed) }

    /// What the file says of an address; nil when it says nothing.
    func entry(for address: IPAddress, limits: NetworkLimits) -> NetworkEntry? {
        var entry: MMDB_entry_s
        switch database.find(address) {
        case .found(let found): entry = found
        case .absent: return nil
        case .damaged:
            isDamaged.store(true, ordering: .relaxed)
            return nil
        }
        guard let read = NetworkEntry(&entry, limits: limits) else {
            isDamaged.store(true, ordering: .relaxed)
            return nil
        }
        return read.isEmpty ? nil : read
    }

    /// Refuses what is no file, or larger than any such file is, before it is mapped.
    private static func checkSize(
        _ path: String, limits: NetworkLimits
    ) throws(NetworkFileError) {
        var facts = stat()
        guard stat(path, &facts) == 0 else {
            throw NetworkFileError(path: path, errno == ENOENT ? .missing : .unreadable)
        }
        guard facts.st_mode & S_IFMT == S_IFREG else {
            throw NetworkFileError(path: path, .notAFile)
        }
        guard facts.st_size <= limits.fileBytes else {
            throw NetworkFileError(path: path, .tooLarge(limits.fileBytes))
        }
    }
}

extension NetworkFile {
    /// The library's handle, closed with its owner.
    // @unchecked: written by `init` and `deinit` only; all else reads it, and the library's look-ups
    // take it as a pointer to const.
    private final class Opened: @unchecked Sendable {
        private let handle: UnsafeMutablePointer<MMDB_s>

        init(path: String) throws(NetworkFileError) {
            let handle = UnsafeMutablePointer<MMDB_s>.allocate(capacity: 1)
            handle.initialize(to: MMDB_s())
            let status = MMDB_open(path, UInt32(MMDB_MODE_MMAP), handle)
            guard status == MMDB_SUCCESS else {
                handle.deallocate()
                let isClosedToUs = status == MMDB_FILE_OPEN_ERROR
                throw NetworkFileError(path: path, isClosedToUs ? .unreadable : .damaged)
            }
            // Only now: `deinit` closes what was opened, and nothing else.
            self.handle = handle
        }

        deinit {
            MMDB_close(handle)
            handle.deallocate()
        }

        var type: String { String(cString: handle.pointee.metadata.database_type) }

        var madeAt: UInt64 { handle.pointee.metadata.build_epoch }

        enum Finding {
            case found(MMDB_entry_s)
            case absent
            case damaged
        }

        func find(_ address: IPAddress) -> Finding {
            var status = MMDB_SUCCESS
            let result = address.withSocketAddress { MMDB_lookup_sockaddr(handle, $0, &status) }
            switch status {
            case MMDB_SUCCESS: return result.found_entry ? .found(result.entry) : .absent
            // A file of IPv4 networks knows nothing about IPv6 addresses; that is no damage.
            case MMDB_IPV6_LOOKUP_IN_IPV4_DATABASE_ERROR: return .absent
            default: return .damaged
            }
        }

        enum Sample {
            case useful
            case useless
            case damaged
        }

        /// Walks the first nodes of the tree and reads the entries found there: a file that is cut
        /// off, or about something else, shows at once.
        func sample(_ limits: NetworkLimits) -> Sample {
            var waiting: [UInt32] = [0]
            var nodes = 0
            var entries = 0
            while let number = waiting.popLast(), nodes < limits.sampledNodes,
                entries < limits.sampledEntries
            {
                nodes += 1
                var node = MMDB_search_node_s()
                guard MMDB_read_node(handle, number, &node) == MMDB_SUCCESS else { return .damaged }
                let sides = [
                    (node.right_record_type, node.right_record, node.right_record_entry),
                    (node.left_record_type, node.left_record, node.left_record_entry),
                ]
                for (type, record, entry) in sides {
                    switch Int32(type) {
                    case MMDB_RECORD_TYPE_SEARCH_NODE: waiting.append(UInt32(record))
                    case MMDB_RECORD_TYPE_DATA:
                        var entry = entry
                        guard let read = NetworkEntry(&entry, limits: limits) else {
                            return .damaged
                        }
                        if !read.isEmpty { return .useful }
                        entries += 1
                    case MMDB_RECORD_TYPE_EMPTY: continue
                    default: return .damaged
                    }
                }
            }
            return .useless
        }
    }
}

extension IPAddress {
    /// Lends the address in the form that sockets take.
    fileprivate func withSocketAddress<Result>(
        _ body: (UnsafePointer<sockaddr>) -> Result
    ) -> Result {
        let octets = bytes
        if isIPv4 {
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            withUnsafeMutableBytes(of: &address.sin_addr) { $0.copyBytes(from: octets) }
            return withUnsafePointer(to: address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1, body)
            }
        }
        var address = sockaddr_in6()
        address.sin6_family = sa_family_t(AF_INET6)
        withUnsafeMutableBytes(of: &address.sin6_addr) { $0.copyBytes(from: octets) }
        return withUnsafePointer(to: address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1, body)
        }
    }
}
