// Seeds: ../shared/conformance/dns-*.
import DNS
import Identities

/// What can be read must be rendered to text that reads back to the same records.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: size))
    var reader = ZoneFileReader(bytes, origin: DNSName("example.test")) { _ in
        Array("included A 192.0.2.1\n".utf8)
    }
    var records: [ResourceRecord] = []
    var errors = 0
    while errors < 10_000 {
        do {
            guard let record = try reader.next() else { break }
            records.append(record)
        } catch {
            errors += 1
        }
    }
    guard let again = try? ZoneFile.parse(ZoneFile.render(records)), again == records else {
        fatalError("records that were read are not read again")
    }
    let lookup = ZoneLookup(records: records)
    for record in records.prefix(20) {
        if let name = record.name.domainName { _ = lookup.answer(name, record.type) }
    }
    return 0
}
