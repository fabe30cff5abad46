import Glibc
import Spool

/// A disk that loses what was not synced, in any order and in pieces of a sector, refuses any call,
/// and stops for good at any call, as its seed says.
///
/// `@unchecked Sendable`: a simulation has one thread.
final class SimulatedDisk: SpoolDisk, @unchecked Sendable {
    static let sector = 512
    static let crashed = DiskError(code: -99, call: "crash")

    /// Content as programs see it, and as it would be after a crash.
    private final class Node {
        enum Pending {
            case write(offset: Int, octets: [UInt8])
            case truncate(Int)
        }
        var seen: [UInt8] = []
        var durable: [UInt8] = []
        var pending: [Pending] = []
    }

    private enum Naming {
        case link(String, Node)
        case unlink(String)
        case rename(String, String)

        var paths: [String] {
            switch self {
            case .link(let path, _), .unlink(let path): [path]
            case .rename(let old, let new): [old, new]
            }
        }
    }

    var random: SeededRandom
    /// Of a thousand calls, how many are refused.
    var faults = 0
    /// Calls until everything stops.
    var callsLeft: Int?
    private(set) var isDead = false
    private(set) var calls = 0
    var freeSpace = 1 << 30
    /// Refuses calls by their name, whatever chance says.
    var refusal: ((String) -> Int32?)?
    var time: Int64

    private var names: [String: Node] = [:]
    private var durableNames: [String: Node] = [:]
    private var namings: [Naming] = []
    private var files: [Int32: Node] = [:]
    private var locks: [Int32: String] = [:]
    private var nextDescriptor: Int32 = 3

    init(seed: UInt64, time: Int64) {
        random = SeededRandom(seed)
        self.time = time
    }

    /// The machine starts again: what was not durable is kept or lost by chance.
    func restart() {
        let kept = random.below(namings.count + 1)
        for naming in namings.prefix(kept) { apply(naming, to: &durableNames) }
        namings = []
        names = durableNames
        for path in names.keys.sorted() {
            guard let node = names[path] else { continue }
            settle(node)
            node.seen = node.durable
        }
        files = [:]
        locks = [:]
        isDead = false
        callsLeft = nil
    }

    /// The process ends, the machine goes on: nothing written is lost.
    func kill() {
        files = [:]
        locks = [:]
        isDead = false
        callsLeft = nil
    }

    // MARK: Chance

    private func call(_ name: String, refusable: Bool = true) throws(DiskError) {
        if isDead { throw Self.crashed }
        calls += 1
        if let left = callsLeft {
            callsLeft = left - 1
            if left <= 0 {
                isDead = true
                throw Self.crashed
            }
        }
        if let code = refusal?(name) { throw DiskError(code: code, call: name) }
        if refusable, faults > 0, random.below(1_000) < faults {
            throw DiskError(code: [EIO, ENOSPC, EDQUOT][random.below(3)], call: name)
        }
    }

    /// Each sector has seen some of the writes to it, in their order.
    private func settle(_ node: Node) {
        for pending in node.pending {
            switch pending {
            case .truncate(let count):
                if random.below(2) == 0 { Self.resize(&node.durable, to: count) }
            case .write(let offset, let octets):
                // Once a sector has missed a write it may yet get the next: both are allowed by
                // disks.
                var at = 0
                let whole = random.below(4)
                while at < octets.count {
                    let end = min(
                        octets.count,
                        (offset + at) / Self.sector * Self.sector
                            + Self.sector - offset)
                    if whole == 0 || whole > 1 && random.below(2) == 0 {
                        Self.put(octets[at..<end], into: &node.durable, at: offset + at)
                    }
                    at = end
                }
            }
        }
        node.pending = []
    }

    private static func resize(_ octets: inout [UInt8], to count: Int) {
        if octets.count > count { octets.removeLast(octets.count - count) }
        if octets.count < count {
            octets += [UInt8](repeating: 0, count: count - octets.count)
        }
    }

    private static func put(_ part: ArraySlice<UInt8>, into octets: inout [UInt8], at offset: Int) {
        part.withUnsafeBytes { put($0, into: &octets, at: offset) }
    }

    private static func put(
        _ part: UnsafeRawBufferPointer, into octets: inout [UInt8], at offset: Int
    ) {
        if octets.count < offset + part.count { resize(&octets, to: offset + part.count) }
        octets.withUnsafeMutableBytes { buffer in
            UnsafeMutableRawBufferPointer(rebasing: buffer[offset...]).copyMemory(from: part)
        }
    }

    private func apply(_ naming: Naming, to names: inout [String: Node]) {
        switch naming {
        case .link(let path, let node): names[path] = node
        case .unlink(let path): names[path] = nil
        case .rename(let old, let new):
            if let node = names.removeValue(forKey: old) { names[new] = node }
        }
    }

    private func name(_ naming: Naming) {
        apply(naming, to: &names)
        namings.append(naming)
    }

    private func node(_ file: DiskFile) throws(DiskError) -> Node {
        guard let node = files[file.descriptor] else { throw Self.crashed }
        return node
    }

    // MARK: Calls

    func open(_ path: String, _ mode: DiskMode) throws(DiskError) -> DiskFile {
        try call("open")
        let node: Node
        if let found = names[path] {
            if mode == .create { throw DiskError(code: EEXIST, call: "open \(path)") }
            node = found
        } else {
            guard mode == .create || mode == .readWriteOrCreate else {
                throw DiskError(code: ENOENT, call: "open \(path)")
            }
            node = Node()
            name(.link(path, node))
        }
        nextDescriptor += 1
        files[nextDescriptor] = node
        return DiskFile(descriptor: nextDescriptor)
    }

    func close(_ file: DiskFile) {
        files[file.descriptor] = nil
        locks[file.descriptor] = nil
    }

    func size(of file: DiskFile) throws(DiskError) -> Int {
        try call("fstat", refusable: false)
        return try node(file).seen.count
    }

    func read(
        _ file: DiskFile, into buffer: UnsafeMutableRawBufferPointer, at offset: Int
    ) throws(DiskError) -> Int {
        try call("pread")
        let node = try node(file)
        let count = max(0, min(buffer.count, node.seen.count - offset))
        if count > 0 {
            node.seen.withUnsafeBytes { octets in
                UnsafeMutableRawBufferPointer(rebasing: buffer[..<count]).copyMemory(
                    from: UnsafeRawBufferPointer(rebasing: octets[offset..<(offset + count)]))
            }
        }
        return count
    }

    func write(
        _ file: DiskFile, _ octets: UnsafeRawBufferPointer, at offset: Int
    ) throws(DiskError) {
        let node = try node(file)
        var part = octets
        var failure: DiskError?
        do throws(DiskError) {
            try call("pwrite")
        } catch {
            failure = error
            part = UnsafeRawBufferPointer(rebasing: octets[..<random.below(octets.count + 1)])
        }
        if !part.isEmpty {
            Self.put(part, into: &node.seen, at: offset)
            let kept = [UInt8](unsafeUninitializedCapacity: part.count) { buffer, count in
                UnsafeMutableRawBufferPointer(buffer).copyMemory(from: part)
                count = part.count
            }
            node.pending.append(.write(offset: offset, octets: kept))
        }
        if let failure { throw failure }
    }

    func sync(_ file: DiskFile) throws(DiskError) {
        let node = try node(file)
        do throws(DiskError) {
            try call("fdatasync")
        } catch {
            // The pages count as clean now, whatever became of them.
            settle(node)
            throw error
        }
        for pending in node.pending {
            switch pending {
            case .truncate(let count): Self.resize(&node.durable, to: count)
            case .write(let offset, let octets):
                Self.put(octets[...], into: &node.durable, at: offset)
            }
        }
        node.pending = []
    }

    func truncate(_ file: DiskFile, to count: Int) throws(DiskError) {
        try call("ftruncate")
        let node = try node(file)
        Self.resize(&node.seen, to: count)
        node.pending.append(.truncate(count))
    }

    func rename(_ path: String, to new: String) throws(DiskError) {
        try call("rename")
        guard names[path] != nil else { throw DiskError(code: ENOENT, call: "rename \(path)") }
        name(.rename(path, new))
    }

    func remove(_ path: String) throws(DiskError) {
        try call("unlink")
        if names[path] != nil { name(.unlink(path)) }
    }

    func makeFolder(_ path: String) throws(DiskError) { try call("mkdir") }

    func syncFolder(_ path: String) throws(DiskError) {
        try call("fsync")
        var rest: [Naming] = []
        for naming in namings {
            let isThere = naming.paths.contains { path == Self.folder(of: $0) }
            if isThere { apply(naming, to: &durableNames) } else { rest.append(naming) }
        }
        namings = rest
    }

    private static func folder(of path: String) -> Substring {
        path[..<(path.lastIndex(of: "/") ?? path.startIndex)]
    }

    func list(_ path: String) throws(DiskError) -> [String] {
        try call("readdir")
        let prefix = path + "/"
        return names.keys.filter {
            $0.hasPrefix(prefix) && !$0.dropFirst(prefix.count).contains("/")
        }
        .map { String($0.dropFirst(prefix.count)) }.sorted()
    }

    func freeOctets(_ path: String) throws(DiskError) -> Int {
        try call("statvfs")
        return freeSpace
    }

    func lock(_ path: String) throws(DiskError) -> DiskFile? {
        try call("flock")
        if locks.values.contains(path) { return nil }
        let file = try open(path, .readWriteOrCreate)
        locks[file.descriptor] = path
        return file
    }

    // MARK: For tests

    /// Changes octets behind everybody's back.
    func damage(_ path: String, _ body: (inout [UInt8]) -> Void) {
        guard let node = names[path] else { return }
        body(&node.seen)
        node.durable = node.seen
    }

    func octets(_ path: String) -> [UInt8]? { names[path]?.seen }
    var paths: [String] { names.keys.sorted() }

    func put(_ path: String, _ octets: [UInt8]) {
        let node = Node()
        node.seen = octets
        node.durable = octets
        names[path] = node
        durableNames[path] = node
    }
}

/// Chance that a seed repeats.
struct SeededRandom: RandomNumberGenerator, Sendable {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }

    /// A number below `bound`; 0 for a bound of 0.
    mutating func below(_ bound: Int) -> Int {
        bound <= 0 ? 0 : Int(truncatingIfNeeded: next() >> 1) % bound
    }
}
