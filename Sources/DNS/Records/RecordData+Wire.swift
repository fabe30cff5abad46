internal import Identities

extension RecordData {
    /// Reads the data of a type from its wire form without compression.
    public init(type: RecordType, wire: [UInt8]) throws(DNSMessageError) {
        var reader = WireReader(wire)
        self = try RecordData.read(type, &reader)
    }

    /// Reads the data that the reader holds; names in it may be compressed.
    static func read(
        _ type: RecordType, _ reader: inout WireReader
    ) throws(DNSMessageError) -> RecordData {
        let data = try readKnown(type, &reader)
        guard reader.isAtEnd else { throw reader.fault(.badRecordData) }
        return data
    }

    private static func readKnown(
        _ type: RecordType, _ reader: inout WireReader
    ) throws(DNSMessageError) -> RecordData {
        switch type {
        case .a: return .a(try address(4, &reader))
        case .aaaa: return .aaaa(try address(16, &reader))
        case .mx: return .mx(preference: try reader.uint16(), exchange: try reader.name())
        case .txt:
            var strings: [[UInt8]] = []
            repeat { strings.append(try reader.counted()) } while !reader.isAtEnd
            return .txt(strings)
        case .cname: return .cname(try reader.name())
        case .dname: return .dname(try reader.name())
        case .ns: return .ns(try reader.name())
        case .ptr: return .ptr(try reader.name())
        case .soa:
            return .soa(
                StartOfAuthority(
                    primaryServer: try reader.name(), responsibleMailbox: try reader.name(),
                    serial: try reader.uint32(), refresh: try reader.uint32(),
                    retry: try reader.uint32(), expire: try reader.uint32(),
                    minimum: try reader.uint32()))
        case .srv:
            return .srv(
                priority: try reader.uint16(), weight: try reader.uint16(),
                port: try reader.uint16(), target: try reader.name())
        case .caa:
            return .caa(
                flags: try reader.uint8(), tag: try reader.counted(), value: reader.rest())
        case .tlsa:
            return .tlsa(
                usage: try reader.uint8(), selector: try reader.uint8(),
                matching: try reader.uint8(), association: reader.rest())
        case .ds:
            return .ds(
                keyTag: try reader.uint16(), algorithm: try reader.uint8(),
                digestType: try reader.uint8(), digest: reader.rest())
        default: return .unknown(try RecordForm.uncompressed(type, &reader))
        }
    }

    private static func address(
        _ count: Int, _ reader: inout WireReader
    ) throws(DNSMessageError) -> IPAddress {
        guard reader.remaining == count, let address = IPAddress(bytes: try reader.octets(count))
        else { throw reader.fault(.badRecordData) }
        return address
    }

    /// The wire form, names uncompressed.
    public var wire: [UInt8] {
        var writer = WireWriter(compressing: false)
        write(to: &writer, compressing: false)
        return writer.bytes
    }

    func write(to writer: inout WireWriter, compressing: Bool) {
        switch self {
        case .a(let address): writer.octets(address.bytes.suffix(4))
        case .aaaa(let address):
            if address.isIPv4 {
                writer.octets([UInt8](repeating: 0, count: 10) + [0xFF, 0xFF])
            }
            writer.octets(address.bytes)
        case .mx(let preference, let exchange):
            writer.uint16(preference)
            writer.name(exchange, compressing: compressing)
        case .txt(let strings): for string in strings { writer.counted(string) }
        case .cname(let name), .ns(let name), .ptr(let name):
            writer.name(name, compressing: compressing)
        case .dname(let name): writer.name(name, compressing: false)
        case .soa(let soa):
            writer.name(soa.primaryServer, compressing: compressing)
            writer.name(soa.responsibleMailbox, compressing: compressing)
            for number in [soa.serial, soa.refresh, soa.retry, soa.expire, soa.minimum] {
                writer.uint32(number)
            }
        case .srv(let priority, let weight, let port, let target):
            for number in [priority, weight, port] { writer.uint16(number) }
            writer.name(target, compressing: false)
        case .caa(let flags, let tag, let value):
            writer.uint8(flags)
            writer.counted(tag)
            writer.octets(value)
        case .tlsa(let usage, let selector, let matching, let association):
            writer.octets([usage, selector, matching])
            writer.octets(association)
        case .ds(let keyTag, let algorithm, let digestType, let digest):
            writer.uint16(keyTag)
            writer.octets([algorithm, digestType])
            writer.octets(digest)
        case .unknown(let octets): writer.octets(octets)
        }
    }
}
