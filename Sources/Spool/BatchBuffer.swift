/// The octets of one write, kept from write to write.
///
/// Only the writer has it, behind the log's lock.
final class BatchBuffer {
    /// Of an allocation that grows and never shrinks.
    private(set) var octets: UnsafeMutableRawBufferPointer
    /// Octets of the write that is built.
    private(set) var count = 0
    /// Where each record begins.
    private(set) var offsets: [Int] = []

    private static let alignment = 4_096

    init(capacity: Int) {
        octets = .allocate(byteCount: capacity, alignment: Self.alignment)
    }

    deinit { octets.deallocate() }

    func clear(reserving capacity: Int) {
        count = 0
        offsets.removeAll(keepingCapacity: true)
        let needed = LogReplay.roundUp(capacity)
        if octets.count < needed {
            octets.deallocate()
            octets = .allocate(byteCount: needed, alignment: Self.alignment)
        }
    }

    /// Adds a record; gives its value in the chain. There must be room.
    func append(_ record: Submission.Record, _ header: RecordHeader, marker: UInt64) -> ChainValue {
        offsets.append(count)
        let size = header.octets
        let place = UnsafeMutableRawBufferPointer(rebasing: octets[count..<(count + size)])
        let value = header.write(to: place, marker: marker, body: record.body)
        var end = RecordHeader.count + record.body.count
        for part in [record.prefix, record.content] where !part.isEmpty {
            place.copy(part, to: end)
            end += part.count
        }
        clear(place[end...])
        count += size
        return value
    }

    /// Fills the last sector with zeros.
    func pad() {
        let end = LogReplay.roundUp(count)
        clear(octets[count..<end])
        count = end
    }

    private func clear(_ part: Slice<UnsafeMutableRawBufferPointer>) {
        UnsafeMutableRawBufferPointer(rebasing: part).initializeMemory(as: UInt8.self, repeating: 0)
    }

    /// Gives all records the marker of another segment: it is no part of their seals.
    func mark(_ marker: UInt64) {
        for offset in offsets {
            octets.storeBytes(of: marker.littleEndian, toByteOffset: offset, as: UInt64.self)
        }
    }

    var written: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: octets[..<count]) }
}
