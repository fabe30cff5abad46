/// The segment files of a folder in the order of the log, as their headers tell it.
struct LogImage: Sendable {
    /// A segment with the part of it that counts.
    struct Part: Sendable {
        var file: SegmentFile
        var header: SegmentHeader
        /// Where its records end at most.
        var limit: Int
    }

    /// Oldest first.
    private(set) var parts: [Part] = []
    private(set) var free: [SegmentFile] = []
    /// In use by their headers, but begun by a write that failed, or given free already.
    private(set) var void: [SegmentFile] = []
    private(set) var unreadable: [SegmentFile] = []
    /// Files that were not finished when the program ended.
    private(set) var unfinished: [String] = []
    /// The greatest generation seen.
    private(set) var lastGeneration: UInt64 = 0
    /// The greatest number of a file.
    private(set) var lastNumber = 0

    static let suffix = ".segment"

    init(_ disk: any SpoolDisk, folder: String, _ mode: DiskMode) throws(DiskError) {
        var used: [Part] = []
        for name in try disk.list(folder) {
            guard name.hasSuffix(Self.suffix), let number = Int(name.dropLast(Self.suffix.count))
            else {
                unfinished.append(folder + "/" + name)
                continue
            }
            lastNumber = max(lastNumber, number)
            let file = try SegmentFile(disk, path: folder + "/" + name, mode)
            guard file.count % SegmentHeader.sectorOctets == 0,
                let header = try SegmentHeader.read(from: file)
            else {
                unreadable.append(file)
                continue
            }
            if header.isFree {
                free.append(file)
            } else {
                lastGeneration = max(lastGeneration, header.generation)
                used.append(Part(file: file, header: header, limit: file.count))
            }
        }
        order(used.sorted { $0.header.generation < $1.header.generation })
    }

    /// From the newest back: each header says which segment is before it, and where that ends.
    private mutating func order(_ used: [Part]) {
        var rest = used
        guard let newest = rest.popLast() else { return }
        var chain = [newest]
        while let part = rest.popLast() {
            let next = chain[chain.count - 1].header
            if part.header.generation > next.previousGeneration
                || part.header.generation < newest.header.oldestGeneration
            {
                void.append(part.file)
                continue
            }
            var kept = part
            if part.header.generation == next.previousGeneration {
                kept.limit = min(part.limit, next.previousEnd)
            }
            chain.append(kept)
        }
        parts = chain.reversed()
    }
}
