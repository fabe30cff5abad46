import Crypto

/// SHA-256 of the header fields and the content of a message.
enum ContentDigest {
    static func of(_ prefix: [UInt8], _ content: [UInt8]) -> [UInt8] {
        var hash = SHA256()
        prefix.withUnsafeBytes { hash.update(bufferPointer: $0) }
        content.withUnsafeBytes { hash.update(bufferPointer: $0) }
        return [UInt8](ChainValue(hash.finalize()))
    }

    /// Of octets in memory and the whole of a file after them.
    static func of(
        _ prefix: [UInt8], _ file: SegmentFile, count: Int
    ) throws(DiskError) -> [UInt8]? {
        var hash = SHA256()
        prefix.withUnsafeBytes { hash.update(bufferPointer: $0) }
        guard try update(&hash, file, 0..<count) else { return nil }
        return [UInt8](ChainValue(hash.finalize()))
    }

    /// Whether header fields and content of a message still have the digest that its acceptance
    /// says. `large` is the folder of large contents.
    static func isWhole(
        _ location: MessageLocation, id: QueueIdentifier, _ file: SegmentFile,
        _ disk: any SpoolDisk, _ large: String
    ) throws(DiskError) -> Bool {
        let body = try file.read(location.body..<(location.body + location.bodyCount))
        var reader = OctetReader(body)
        guard let digest = AcceptanceSummary(&reader)?.digest else { return false }
        var hash = SHA256()
        let inline = location.prefixCount + (location.isFile ? 0 : location.contentCount)
        guard try update(&hash, file, location.content..<(location.content + inline))
        else { return false }
        if location.isFile {
            let own: SegmentFile
            do {
                own = try SegmentFile(disk, path: "\(large)/\(id)", .read)
            } catch {
                if error.isMissing { return false }
                throw error
            }
            guard own.count == location.contentCount, try update(&hash, own, 0..<own.count)
            else { return false }
        }
        return [UInt8](ChainValue(hash.finalize())) == digest
    }

    /// False when the file is shorter.
    private static func update(
        _ hash: inout SHA256, _ file: SegmentFile, _ range: Range<Int>
    ) throws(DiskError) -> Bool {
        var offset = range.lowerBound
        while offset < range.upperBound {
            let octets = try file.read(offset..<min(range.upperBound, offset + (1 << 20)))
            guard !octets.isEmpty else { return false }
            octets.withUnsafeBytes { hash.update(bufferPointer: $0) }
            offset += octets.count
        }
        return true
    }
}
