import Glibc

/// A record as it was read.
struct StoredRecord: Sendable {
    var header: RecordHeader
    /// Octets from the start of the file.
    var offset: Int
    var body: [UInt8]
    /// The chain's value of the record.
    var value: ChainValue

    var end: Int { offset + header.octets }
    var bodyOffset: Int { offset + RecordHeader.count }
    var contentOffset: Int { bodyOffset + header.bodyCount }
}

/// Goes through the records of a file in order. What is no whole record is skipped up to the next
/// marker of the file that begins one, in time linear in the file's size: nobody who writes mail
/// knows the marker.
struct RecordWalk {
    private let file: SegmentFile
    private let marker: UInt64
    private let firstOctet: UInt8
    private let end: Int
    /// Whether contents follow the bodies; in the journal they do not.
    private let hasContents: Bool
    private let window: Int
    private(set) var offset: Int
    /// A part of the file, from `start`.
    private var octets: [UInt8] = []
    private var start = 0

    init(
        _ file: SegmentFile, marker: UInt64, from offset: Int, to end: Int,
        hasContents: Bool = true, window: Int = 256 << 10
    ) {
        self.file = file
        self.marker = marker
        firstOctet = UInt8(truncatingIfNeeded: marker)
        self.offset = offset
        self.end = min(end, file.count)
        self.hasContents = hasContents
        self.window = window
    }

    /// The next whole record; nil at the end.
    mutating func next() throws(DiskError) -> StoredRecord? {
        while offset + RecordHeader.count <= end {
            if let record = try record() {
                offset = record.offset + octets(of: record.header)
                return record
            }
            try skip()
        }
        return nil
    }

    private func octets(of header: RecordHeader) -> Int {
        RecordHeader.octets(
            body: header.bodyCount, content: hasContents ? header.contentCount : 0)
    }

    /// The record that begins here, if one does.
    private mutating func record() throws(DiskError) -> StoredRecord? {
        try load(RecordHeader.count)
        let place = offset - start
        guard
            let header = octets.withUnsafeBytes({
                RecordHeader(reading: $0, at: place, marker: marker)
            }),
            octets(of: header) <= end - offset
        else { return nil }
        try load(RecordHeader.count + header.bodyCount)
        let now = offset - start
        guard octets.count - now >= RecordHeader.count + header.bodyCount else { return nil }
        return octets.withUnsafeBytes { buffer in
            let value = RecordHeader.value(of: buffer, at: now, bodyCount: header.bodyCount)
            guard value.isSealed(in: buffer, at: now + 80) else { return nil }
            let body = now + RecordHeader.count
            return StoredRecord(
                header: header, offset: offset,
                body: [UInt8](copying: buffer, body..<(body + header.bodyCount)), value: value)
        }
    }

    /// Goes on to the next marker.
    private mutating func skip() throws(DiskError) {
        offset += RecordHeader.alignment
        while offset + RecordHeader.count <= end {
            try load(RecordHeader.count)
            if let found = markerOffset() {
                offset = found
                return
            }
            // A marker may begin in the last octets of what was loaded.
            offset = max(offset + RecordHeader.alignment, (start + octets.count) & ~7)
        }
    }

    /// The next place of the marker in what is loaded, where a record may begin.
    private func markerOffset() -> Int? {
        octets.withUnsafeBytes { buffer in
            guard let base = buffer.baseAddress else { return nil }
            var place = offset - start
            while buffer.count - place >= 8,
                let hit = memchr(base + place, Int32(firstOctet), buffer.count - place - 7)
            {
                place = UnsafeRawPointer(hit) - base
                let value = buffer.loadUnaligned(fromByteOffset: place, as: UInt64.self)
                if (start + place) % RecordHeader.alignment == 0,
                    UInt64(littleEndian: value) == marker
                {
                    return start + place
                }
                place += 1
            }
            return nil
        }
    }

    /// Sees to it that octets from `offset` on are loaded, as many as the file has.
    private mutating func load(_ count: Int) throws(DiskError) {
        let isThere = offset >= start && offset + count <= start + octets.count
        if isThere { return }
        let wanted = min(max(count, window), end - offset)
        octets = try file.read(offset..<(offset + wanted))
        start = offset
        if octets.count < min(count, wanted) {
            // The file is shorter than it was: what is missing reads as zeros.
            octets += [UInt8](repeating: 0, count: wanted - octets.count)
        }
    }
}
