/// The records of segments that were used again, without contents: a file for each day.
///
/// `position` says up to where the files are durable; what is written behind it is written again.
struct Journal: Sendable {
    /// Octets before the first record.
    static let recordsStart = SegmentHeader.sectorOctets
    static let suffix = ".log"

    /// The end of the journal.
    struct Position: Hashable, Sendable {
        var day: UTCDay
        var offset: Int
        var lastSequence: UInt64
    }

    let disk: any SpoolDisk
    let folder: String
    private let random: @Sendable () -> UInt64
    private var position: Position?
    private var file: SegmentFile?
    private var marker: UInt64 = 0
    /// How often the position was written.
    private var turn: UInt64 = 0
    /// Whether the position's file surely has its name after a crash.
    private var isNamed = false

    var lastSequence: UInt64 { position?.lastSequence ?? 0 }

    /// Opens the journal at its durable end, and takes away what is behind. The log still has what
    /// begins with `firstInLog`.
    init(
        _ disk: any SpoolDisk, folder: String, firstInLog: UInt64,
        random: @escaping @Sendable () -> UInt64
    ) throws(DiskError) {
        self.disk = disk
        self.folder = folder
        self.random = random
        let days = try Self.days(disk, folder)
        guard let (known, turn) = try Self.readPosition(disk, folder) else {
            try findEnd(days, firstInLog)
            return
        }
        self.turn = turn
        for day in days where day > known.day { try disk.remove(Self.path(folder, day)) }
        guard days.contains(known.day) else {
            // Its file was taken away: what comes next begins a file of its own.
            position = known
            return
        }
        let file = try SegmentFile(disk, path: Self.path(folder, known.day), .readWrite)
        guard let header = try SegmentHeader.read(from: file, copies: 1),
            file.count >= known.offset
        else {
            try findEnd(days, firstInLog)
            return
        }
        try file.truncate(to: known.offset)
        self.file = file
        marker = header.marker
        position = known
    }

    /// Adds the records of a segment; all of them are durable when this returns, or none counts.
    mutating func append(_ segment: Segment) throws(DiskError) {
        guard segment.lastSequence > lastSequence else { return }
        var next = self
        try next.write(segment)
        self = next
    }

    private mutating func write(_ segment: Segment) throws(DiskError) {
        var walk = RecordWalk(
            segment.file, marker: segment.marker, from: SegmentHeader.recordsStart,
            to: segment.end)
        var octets: [UInt8] = []
        while let record = try walk.next() {
            guard record.header.sequence > lastSequence else { continue }
            let day = Self.day(of: record)
            if position.map({ day > $0.day }) ?? true {
                try flush(&octets)
                try file?.sync()
                try begin(day)
            } else if file == nil, let position {
                try begin(position.day)
            }
            append(record, to: &octets)
            position?.lastSequence = record.header.sequence
            if octets.count >= 1 << 20 { try flush(&octets) }
        }
        try flush(&octets)
        try file?.sync()
        // Numbers that are missing at the segment's end are done with, too.
        let last = max(lastSequence, segment.lastSequence)
        position?.lastSequence = last
        try writePosition()
    }

    private func append(_ record: StoredRecord, to octets: inout [UInt8]) {
        let size = RecordHeader.octets(body: record.body.count, content: 0)
        let start = octets.count
        octets += [UInt8](repeating: 0, count: size)
        octets.withUnsafeMutableBytes { buffer in
            let place = UnsafeMutableRawBufferPointer(rebasing: buffer[start...])
            _ = record.header.write(to: place, marker: marker, body: record.body)
        }
    }

    private mutating func flush(_ octets: inout [UInt8]) throws(DiskError) {
        guard !octets.isEmpty, let offset = position?.offset else { return }
        try file?.write(octets, at: offset)
        position?.offset = offset + octets.count
        octets.removeAll(keepingCapacity: true)
    }

    /// Begins the file of a day. One that is there already was never made durable.
    private mutating func begin(_ day: UTCDay) throws(DiskError) {
        let file = try SegmentFile(disk, path: Self.path(folder, day), .readWriteOrCreate)
        try file.truncate(to: 0)
        marker = SegmentHeader.newMarker(random())
        var header = SegmentHeader.free
        header.generation = 1
        header.marker = marker
        header.firstSequence = lastSequence + 1
        let octets = header.encoded
        try file.write(
            octets + [UInt8](repeating: 0, count: Self.recordsStart - octets.count), at: 0)
        try file.sync()
        try disk.syncFolder(folder)
        self.file = file
        position = Position(day: day, offset: Self.recordsStart, lastSequence: lastSequence)
    }

    /// Without a readable position nothing is known of what the log still has: it is written again.
    private mutating func findEnd(
        _ days: [UTCDay], _ firstInLog: UInt64
    ) throws(DiskError) {
        for day in days.reversed() {
            let file = try SegmentFile(disk, path: Self.path(folder, day), .readWrite)
            guard let header = try SegmentHeader.read(from: file, copies: 1) else { continue }
            var walk = RecordWalk(
                file, marker: header.marker, from: Self.recordsStart, to: file.count,
                hasContents: false)
            var end = Self.recordsStart
            var last = header.firstSequence - 1
            while let record = try walk.next(), record.header.sequence < firstInLog {
                end = walk.offset
                last = max(last, record.header.sequence)
            }
            try file.truncate(to: end)
            self.file = file
            marker = header.marker
            position = Position(day: day, offset: end, lastSequence: last)
            return
        }
    }
}

extension Journal {
    /// A clock may say anything; a file's name has four digits for the year.
    private static func day(of record: StoredRecord) -> UTCDay {
        UTCDay(number: min(max(0, UTCDay(containing: record.header.time).number), lastDay))
    }

    /// 9999-12-31.
    private static let lastDay = 2_932_896

    static func path(_ folder: String, _ day: UTCDay) -> String { "\(folder)/\(day)\(suffix)" }

    static func days(_ disk: any SpoolDisk, _ folder: String) throws(DiskError) -> [UTCDay] {
        try disk.list(folder).compactMap { name in
            name.hasSuffix(suffix) ? UTCDay(name.dropLast(suffix.count)) : nil
        }.sorted()
    }

    /// In one of two places by turns, with a digest: the other keeps the old until this is durable.
    private mutating func writePosition() throws(DiskError) {
        guard let position else { return }
        turn += 1
        var header = SegmentHeader.free
        header.generation = UInt64(max(0, position.day.number)) + 1
        header.previousEnd = position.offset
        header.firstSequence = position.lastSequence
        header.oldestGeneration = turn
        let path = folder + "/position"
        let file = try SegmentFile(disk, path: path, .readWriteOrCreate)
        try header.write(copy: Int(turn % 2), to: file)
        try file.sync()
        if !isNamed {
            try disk.syncFolder(folder)
            isNamed = true
        }
    }

    private static func readPosition(
        _ disk: any SpoolDisk, _ folder: String
    ) throws(DiskError) -> (position: Position, turn: UInt64)? {
        let file: SegmentFile
        do {
            file = try SegmentFile(disk, path: folder + "/position", .read)
        } catch {
            if error.isMissing { return nil }
            throw error
        }
        var newest: SegmentHeader?
        for offset in SegmentHeader.copyOffsets {
            let octets = try file.read(offset..<(offset + SegmentHeader.count))
            guard let header = SegmentHeader(octets), !header.isFree else { continue }
            if header.oldestGeneration >= newest?.oldestGeneration ?? 0 { newest = header }
        }
        guard let newest, newest.generation <= UInt64(lastDay) + 1,
            newest.previousEnd >= recordsStart, newest.oldestGeneration < 1 << 62
        else { return nil }
        let position = Position(
            day: UTCDay(number: Int(newest.generation) - 1), offset: newest.previousEnd,
            lastSequence: newest.firstSequence)
        return (position, newest.oldestGeneration)
    }
}
