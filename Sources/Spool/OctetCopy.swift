// Whole copies of memory: the collections' own ways go octet by octet where nothing is specialised.

extension [UInt8] {
    /// The octets of a buffer.
    init(copying buffer: UnsafeRawBufferPointer) {
        self.init(unsafeUninitializedCapacity: buffer.count) { octets, count in
            if let source = buffer.baseAddress, let target = octets.baseAddress {
                UnsafeMutableRawPointer(target).copyMemory(from: source, byteCount: buffer.count)
            }
            count = buffer.count
        }
    }

    init(copying buffer: UnsafeRawBufferPointer, _ range: Range<Int>) {
        self.init(copying: UnsafeRawBufferPointer(rebasing: buffer[range]))
    }

    init(_ value: ChainValue) {
        self.init(repeating: 0, count: ChainValue.count)
        withUnsafeMutableBytes { value.store(to: $0, at: 0) }
    }
}

extension UnsafeMutableRawBufferPointer {
    /// Copies octets to a place, where there must be room for them.
    func copy(_ octets: [UInt8], to offset: Int) {
        octets.withUnsafeBytes { source in
            guard let from = source.baseAddress, offset + source.count <= count else { return }
            baseAddress?.advanced(by: offset).copyMemory(from: from, byteCount: source.count)
        }
    }
}
