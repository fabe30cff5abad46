/// Gives equal texts the same string: reports repeat the same few domains and selectors in every
/// record, and a string of more than 15 bytes is an allocation.
struct TextCache: Sendable {
    private var slots = Array(repeating: "", count: fewSlots)
    private var misses = 0

    /// Most reports are short, and each begins with a cache of its own.
    private static let fewSlots = 32
    private static let manySlots = 256
    /// Longer texts are comments, which repeat less.
    private static let longest = 128

    /// The string of ASCII or otherwise valid bytes.
    @inline(__always)
    mutating func string(_ bytes: XMLBytes) -> String {
        guard bytes.count > 15, bytes.count <= Self.longest else {
            return String(decoding: bytes, as: UTF8.self)
        }
        let slot = Int(truncatingIfNeeded: Self.hash(bytes)) & (slots.count - 1)
        if Self.isSame(slots[slot], bytes) { return slots[slot] }
        let text = String(decoding: bytes, as: UTF8.self)
        slots[slot] = text
        misses += 1
        if misses == 2 * Self.fewSlots { slots = Array(repeating: "", count: Self.manySlots) }
        return text
    }

    @inline(__always)
    static func isSame(_ text: String, _ bytes: XMLBytes) -> Bool {
        text.utf8.withContiguousStorageIfAvailable { held in
            guard held.count == bytes.count else { return false }
            for index in 0..<bytes.count where held[index] != bytes[index] { return false }
            return true
        } ?? false
    }

    @inline(__always)
    static func hash(_ bytes: XMLBytes) -> UInt64 {
        var value = UInt64(truncatingIfNeeded: bytes.count)
        let raw = UnsafeRawBufferPointer(bytes)
        var index = 0
        while index &+ 8 <= raw.count {
            let word = raw.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            value = (value ^ word) &* 0x9E37_79B9_7F4A_7C15
            value ^= value >> 29
            index &+= 8
        }
        while index < raw.count {
            value = (value ^ UInt64(raw[index])) &* 0x0000_0100_0000_01B3
            index &+= 1
        }
        return value ^ value >> 32
    }
}
