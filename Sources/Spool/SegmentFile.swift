import Synchronization

/// An open file of the spool; closed when nobody holds it any more.
final class SegmentFile: Sendable {
    let path: String
    let count: Int
    private let disk: any SpoolDisk
    private let file: DiskFile
    /// Readers of contents: while there are any, the file is not written anew.
    private let readers = Atomic<Int>(0)
    /// The copy of the header that a failed write may have spoilt; -1 for none.
    private let doubtful = Atomic<Int>(-1)

    init(_ disk: any SpoolDisk, path: String, _ mode: DiskMode) throws(DiskError) {
        self.disk = disk
        self.path = path
        file = try disk.open(path, mode)
        do {
            count = try disk.size(of: file)
        } catch {
            disk.close(file)
            throw error
        }
    }

    deinit { disk.close(file) }

    var doubtfulCopy: Int? {
        get {
            let copy = doubtful.load(ordering: .acquiring)
            return copy < 0 ? nil : copy
        }
        set { doubtful.store(newValue ?? -1, ordering: .releasing) }
    }

    var isRead: Bool { readers.load(ordering: .acquiring) > 0 }
    func beginReading() { readers.add(1, ordering: .acquiringAndReleasing) }
    func endReading() { readers.subtract(1, ordering: .acquiringAndReleasing) }

    /// As many octets as asked.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(DiskError) -> Int {
        try disk.read(file, into: buffer, at: offset)
    }

    /// The octets of a range; fewer only at the end of the file.
    func read(_ range: Range<Int>) throws(DiskError) -> [UInt8] {
        var failure: DiskError?
        let octets = [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
            do throws(DiskError) {
                count = try read(into: UnsafeMutableRawBufferPointer(buffer), at: range.lowerBound)
            } catch {
                failure = error
                count = 0
            }
        }
        if let failure { throw failure }
        return octets
    }

    func write(_ octets: UnsafeRawBufferPointer, at offset: Int) throws(DiskError) {
        try disk.write(file, octets, at: offset)
    }

    func write(_ octets: [UInt8], at offset: Int) throws(DiskError) {
        var failure: DiskError?
        octets.withUnsafeBytes { buffer in
            do throws(DiskError) {
                try disk.write(file, buffer, at: offset)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
    }

    func sync() throws(DiskError) { try disk.sync(file) }
    func truncate(to count: Int) throws(DiskError) { try disk.truncate(file, to: count) }
}

/// A segment in use: its file, and what part of it holds records.
struct Segment: Sendable {
    let file: SegmentFile
    let header: SegmentHeader
    /// Where its last record ends, rounded up to a sector.
    var end = SegmentHeader.recordsStart
    /// The sequence number of the last record; one before the first when there is none.
    var lastSequence: UInt64
    /// The file had an error: it is not used again.
    var isSuspect = false
    /// Places of some records, in order, to find the others from.
    private(set) var places: [(sequence: UInt64, offset: Int)] = []

    /// Octets between places.
    private static let placeDistance = 64 << 10

    var generation: UInt64 { header.generation }
    var marker: UInt64 { header.marker }

    init(file: SegmentFile, header: SegmentHeader) {
        self.file = file
        self.header = header
        lastSequence = header.firstSequence - 1
    }

    mutating func note(_ sequence: UInt64, at offset: Int) {
        guard let last = places.last, offset - last.offset < Self.placeDistance else {
            places.append((sequence, offset))
            return
        }
    }

    /// Where to begin looking for a record.
    func place(before sequence: UInt64) -> Int {
        var low = 0
        var high = places.count
        while low < high {
            let middle = (low + high) / 2
            if places[middle].sequence <= sequence { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? SegmentHeader.recordsStart : places[low - 1].offset
    }
}
