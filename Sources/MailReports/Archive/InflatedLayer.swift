import CZlib

/// Opens gzip (RFC 1952) and zlib (RFC 1950) layers: several members in a row are one stream,
/// and an end that comes too soon leaves what was read before it.
final class InflatedLayer {
    private let input: ByteStream
    private let meter: DecompressionMeter
    private let path: String
    private let irregularities: Irregularities
    private let state: UnsafeMutablePointer<z_stream>
    private let chunk: UnsafeMutableRawBufferPointer
    private var isReady: Bool
    private var isFinished = false
    private var produced = 0

    /// The decompressed bytes of `input`.
    static func open(
        _ input: ByteStream, meter: DecompressionMeter, path: String, irregularities: Irregularities
    ) -> ByteStream {
        let layer = InflatedLayer(input, meter, path, irregularities)
        return ByteStream { try layer.read(into: $0) }
    }

    private init(
        _ input: ByteStream, _ meter: DecompressionMeter, _ path: String,
        _ irregularities: Irregularities
    ) {
        self.input = input
        self.meter = meter
        self.path = path
        self.irregularities = irregularities
        state = .allocate(capacity: 1)
        state.initialize(to: z_stream())
        chunk = .allocate(byteCount: 16_384, alignment: 16)
        // 15 + 32: the largest window, and the header says whether it is gzip or zlib.
        isReady =
            inflateInit2_(
                state, 15 + 32, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size)) == Z_OK
    }

    deinit {
        if isReady { inflateEnd(state) }
        state.deallocate()
        chunk.deallocate()
    }

    private func read(into target: UnsafeMutableRawBufferPointer) throws -> Int {
        guard isReady, !isFinished, let base = target.baseAddress else { return 0 }
        state.pointee.next_out = base.assumingMemoryBound(to: Bytef.self)
        state.pointee.avail_out = uInt(clamping: target.count)
        while state.pointee.avail_out > 0, !isFinished {
            if state.pointee.avail_in == 0, try !refill() {
                stop("its compressed data ends too soon", at: input.position)
                break
            }
            let code = inflate(state, Z_NO_FLUSH)
            switch code {
            case Z_OK: continue
            case Z_STREAM_END: try startNextMember()
            case Z_BUF_ERROR where state.pointee.avail_in == 0: continue
            default:
                let place = input.position - Int(state.pointee.avail_in)
                stop("its compressed data is damaged", at: place)
            }
        }
        let count = target.count - Int(state.pointee.avail_out)
        produced &+= count
        try meter.charge(count, path: path)
        return count
    }

    private func refill() throws -> Bool {
        let count = try input.read(into: chunk)
        state.pointee.next_in = chunk.baseAddress?.assumingMemoryBound(to: Bytef.self)
        state.pointee.avail_in = uInt(clamping: count)
        return count > 0
    }

    /// RFC 1952 §2.2: members may follow one another. Anything else behind a member is left out.
    private func startNextMember() throws {
        var ahead: [UInt8] = []
        for offset in 0..<min(2, Int(state.pointee.avail_in)) {
            ahead.append(state.pointee.next_in[offset])
        }
        if ahead.count < 2 { ahead += try input.peek(2 - ahead.count) }
        guard !ahead.isEmpty else {
            isFinished = true
            return
        }
        if ahead == [0x1F, 0x8B] {
            inflateReset(state)
            return
        }
        isFinished = true
        let place = input.position - Int(state.pointee.avail_in)
        irregularities.note(
            Repair(
                .trailingText, .note, at: "byte \(place) of the compressed file",
                "Bytes that belong to nothing follow the compressed data; they were left out."))
    }

    private func stop(_ reason: String, at place: Int) {
        isFinished = true
        irregularities.isCutShort = true
        irregularities.note(
            Repair(
                .truncatedArchive, .repair, at: "byte \(place) of the compressed file",
                "The file is incomplete: \(reason). What was read before that place was kept."))
    }
}

/// What was odd about the layers around a document: added to the report's repairs.
final class Irregularities {
    private(set) var repairs: [Repair] = []
    /// A layer ended before its document did.
    var isCutShort = false

    func note(_ repair: Repair) {
        if repairs.count < 16 { repairs.append(repair) }
    }
}
