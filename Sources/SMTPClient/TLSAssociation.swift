/// A TLSA record's data (RFC 6698 §2.1).
public struct TLSAssociation: Hashable, Sendable {
    /// 2 is DANE-TA, 3 is DANE-EE; others are unusable for mail (RFC 7672 §3.1.3).
    public var usage: UInt8
    /// 0 is the whole certificate, 1 its SubjectPublicKeyInfo.
    public var selector: UInt8
    /// 0 is the octets themselves, 1 their SHA-256, 2 their SHA-512.
    public var matching: UInt8
    public var data: [UInt8]

    public init(usage: UInt8, selector: UInt8, matching: UInt8, data: [UInt8]) {
        self.usage = usage
        self.selector = selector
        self.matching = matching
        self.data = data
    }

    /// Whether it can vouch for a mail server at all (RFC 7672 §3.1).
    public var isUsable: Bool {
        guard usage == 2 || usage == 3, selector <= 1, !data.isEmpty else { return false }
        switch matching {
        case 0: return true
        case 1: return data.count == 32
        case 2: return data.count == 64
        default: return false
        }
    }
}
