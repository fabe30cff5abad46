import SwiftASN1

/// The list of signed certificate timestamps in a certificate (RFC 6962 §3.3).
enum TransparencyProofs {
    /// How many there are; 0 when the list is damaged.
    static func count(in extensionValue: ArraySlice<UInt8>) -> Int {
        guard let list = try? ASN1OctetString(derEncoded: Array(extensionValue)) else { return 0 }
        var rest = list.bytes
        guard let total = length(&rest), total == rest.count else { return 0 }
        var count = 0
        while !rest.isEmpty {
            guard let size = length(&rest), size > 0, size <= rest.count else { return 0 }
            rest = rest.dropFirst(size)
            count += 1
        }
        return count
    }

    private static func length(_ octets: inout ArraySlice<UInt8>) -> Int? {
        guard let high = octets.popFirst(), let low = octets.popFirst() else { return nil }
        return Int(high) << 8 | Int(low)
    }
}
