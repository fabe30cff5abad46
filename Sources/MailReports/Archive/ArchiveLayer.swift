import CArchive

/// Reads the entries of a zip, tar or 7z one after another through libarchive.
///
/// Zip and tar are read as a stream; 7z keeps its directory at its end and is held in memory.
final class ArchiveLayer {
    enum Format { case zip, tar, sevenZip }

    struct Entry {
        var name: String
        var isFile: Bool
        var isEncrypted: Bool
    }

    /// The archive, or this entry of it, cannot be read on; the sentence says why.
    struct Fault: Error {
        var isEncrypted: Bool
        var reason: String
    }

    private let archive: OpaquePointer
    private let feeder: Feeder
    private let meter: DecompressionMeter
    private let path: String
    private var isOpen = false

    init(
        _ input: ByteStream, format: Format, meter: DecompressionMeter, path: String,
        limits: ArchiveLimits
    ) throws {
        guard let archive = archive_read_new() else {
            throw Fault(isEncrypted: false, reason: "there is not enough memory")
        }
        self.archive = archive
        self.meter = meter
        self.path = path
        feeder = Feeder(input)
        // One format only: libarchive's own guessing would try every parser it has.
        switch format {
        case .zip: archive_read_support_format_zip_streamable(archive)
        case .tar: archive_read_support_format_tar(archive)
        case .sevenZip: archive_read_support_format_7zip(archive)
        }
        let opened: CInt
        if format == .sevenZip {
            guard let all = try input.readAll(limit: limits.archiveBytes) else {
                throw ReportRefusal(
                    .tooLarge, path: path,
                    "This 7z archive is larger than \(Plain.bytes(limits.archiveBytes)). "
                        + "Unpack it yourself and hand over its files.")
            }
            feeder.hold(all)
            opened = archive_read_open_memory(archive, feeder.base, all.count)
        } else {
            let client = Unmanaged.passUnretained(feeder).toOpaque()
            opened = archive_read_open(
                archive, client, nil,
                { _, client, block in
                    guard let client, let block else { return -1 }
                    return Unmanaged<Feeder>.fromOpaque(client).takeUnretainedValue().next(block)
                }, nil)
        }
        if opened < ARCHIVE_WARN { throw fault() }
        isOpen = true
    }

    deinit { archive_read_free(archive) }

    /// The next entry, or nil behind the last; throws `Fault`, or what the bytes' source threw.
    func nextEntry() throws -> Entry? {
        var entry: OpaquePointer?
        let code = archive_read_next_header(archive, &entry)
        if code == ARCHIVE_EOF { return nil }
        guard code >= ARCHIVE_WARN, let entry else {
            if let failure = feeder.failure { throw failure }
            throw fault()
        }
        return Entry(
            name: name(of: entry),
            isFile: archive_entry_filetype(entry) == mode_t(0o100000),
            isEncrypted: archive_entry_is_encrypted(entry) != 0)
    }

    /// The bytes of the current entry; a fault ends them and is noted.
    func openEntry(noting irregularities: Irregularities) -> ByteStream {
        ByteStream { [self] target in
            guard !irregularities.isCutShort else { return 0 }
            let count = archive_read_data(archive, target.baseAddress, target.count)
            if count < 0 {
                if let failure = feeder.failure { throw failure }
                irregularities.isCutShort = true
                irregularities.note(
                    Repair(
                        .truncatedArchive, .repair, at: "the archive's entry",
                        "The entry is damaged or incomplete (\(fault().reason)). What was read "
                            + "before that place was kept."))
                return 0
            }
            try meter.charge(count, path: path)
            return count
        }
    }

    private func fault() -> Fault {
        // Encrypted 7z headers are reported as a fatal error, not as an encrypted entry.
        let text = archive_error_string(archive).map { String(cString: $0) } ?? "it is damaged"
        let words = text.lowercased()
        // Before a format was recognised, libarchive 3.6 asks a format beyond its list of formats.
        return Fault(
            isEncrypted: isOpen && archive_read_has_encrypted_entries(archive) > 0
                || ["encrypt", "passphrase", "crypto"].contains { words.contains($0) },
            reason: SafeText.line(text, limit: 200))
    }

    private func name(of entry: OpaquePointer) -> String {
        // The plain name is null when it does not fit the locale.
        if let text = archive_entry_pathname_utf8(entry) { return String(cString: text) }
        if let text = archive_entry_pathname(entry) { return String(cString: text) }
        return "unnamed"
    }
}

/// Hands blocks of a stream to libarchive and keeps what the stream threw.
private final class Feeder {
    private let input: ByteStream
    private let block: UnsafeMutableRawBufferPointer
    private var held: UnsafeMutableRawBufferPointer?
    private(set) var failure: (any Error)?

    init(_ input: ByteStream) {
        self.input = input
        block = .allocate(byteCount: 32_768, alignment: 16)
    }

    deinit {
        block.deallocate()
        held?.deallocate()
    }

    var base: UnsafeRawPointer? { UnsafeRawPointer(held?.baseAddress) }

    func hold(_ bytes: [UInt8]) {
        let copy = UnsafeMutableRawBufferPointer.allocate(
            byteCount: max(1, bytes.count), alignment: 16)
        copy.copyBytes(from: bytes)
        held = copy
    }

    func next(_ target: UnsafeMutablePointer<UnsafeRawPointer?>) -> Int {
        do {
            let count = try input.read(into: block)
            target.pointee = UnsafeRawPointer(block.baseAddress)
            return count
        } catch {
            failure = error
            return -1
        }
    }
}
