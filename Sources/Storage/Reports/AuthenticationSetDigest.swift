import Crypto
public import MailReports

/// What a row of a report authenticated, in 128 bits of SHA-256: rows that agree in all of it
/// share one stored set.
///
/// Every value goes in with its length, so that no two sets read alike; a strong digest, because
/// reporters are strangers and could otherwise make two sets one.
public struct AuthenticationSetDigest: Hashable, Sendable {
    let high: UInt64
    let low: UInt64

    /// Half of it: even that half nobody can make alike for many sets.
    public func hash(into hasher: inout Hasher) { hasher.combine(low) }

    /// Of the From domain, MAIL FROM and all results of a row.
    public init(_ record: borrowing AggregateRecord) {
        self = withUnsafeTemporaryAllocation(byteCount: 1_024, alignment: 8) { scratch in
            var writer = Writer(scratch: scratch)
            writer.add(record.headerFrom)
            writer.add(record.envelopeFrom)
            record.dkim.withUnsafeBufferPointer { results in
                for index in results.indices {
                    writer.mark(1)
                    writer.add(results[index].domain)
                    writer.add(results[index].selector)
                    writer.add(results[index].result)
                    writer.add(results[index].humanResult)
                }
            }
            record.spf.withUnsafeBufferPointer { results in
                for index in results.indices {
                    writer.mark(2)
                    writer.add(results[index].domain)
                    writer.add(results[index].scope)
                    writer.add(results[index].result)
                    writer.add(results[index].humanResult)
                }
            }
            return writer.digest()
        }
    }

    /// As stored.
    init?(_ octets: [UInt8]) {
        guard octets.count == 16 else { return nil }
        self = octets.withUnsafeBytes { AuthenticationSetDigest(reading: $0) }
    }

    /// From the first 16 of at least as many octets.
    private init(reading octets: UnsafeRawBufferPointer) {
        high = UInt64(bigEndian: octets.loadUnaligned(fromByteOffset: 0, as: UInt64.self))
        low = UInt64(bigEndian: octets.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    }

    /// As it is stored.
    var octets: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 16) { buffer, count in
            for index in 0..<8 {
                let shift = UInt64(56 - index * 8)
                buffer[index] = UInt8(truncatingIfNeeded: high >> shift)
                buffer[index + 8] = UInt8(truncatingIfNeeded: low >> shift)
            }
            count = 16
        }
    }

    /// Gathers values and hashes them when there are enough.
    private struct Writer {
        let scratch: UnsafeMutableRawBufferPointer
        var used = 0
        var hash = SHA256()

        mutating func mark(_ octet: UInt8) {
            if used == scratch.count { flush() }
            scratch[used] = octet
            used += 1
        }

        mutating func add(_ text: String?) {
            guard let text else { return mark(0xFF) }
            let isAdded: Void? = text.utf8.withContiguousStorageIfAvailable { add(octets: $0) }
            if isAdded == nil { Array(text.utf8).withUnsafeBufferPointer { add(octets: $0) } }
        }

        private mutating func add(octets: UnsafeBufferPointer<UInt8>) {
            if used + 4 > scratch.count { flush() }
            scratch.storeBytes(
                of: UInt32(clamping: octets.count).littleEndian, toByteOffset: used,
                as: UInt32.self)
            used += 4
            if used + octets.count > scratch.count { flush() }
            guard octets.count <= scratch.count else {
                hash.update(bufferPointer: UnsafeRawBufferPointer(octets))
                return
            }
            UnsafeMutableRawBufferPointer(rebasing: scratch[used...])
                .copyMemory(from: UnsafeRawBufferPointer(octets))
            used += octets.count
        }

        private mutating func flush() {
            hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: scratch[..<used]))
            used = 0
        }

        mutating func digest() -> AuthenticationSetDigest {
            flush()
            return hash.finalize().withUnsafeBytes { AuthenticationSetDigest(reading: $0) }
        }
    }
}
