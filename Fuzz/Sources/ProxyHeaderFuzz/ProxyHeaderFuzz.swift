// Seeds: written here, none. Crashers: Tests/SMTPTests/Fixtures/FailCases/ProxyHeaderFuzz.
import Identities
import SMTP

/// A header is found at the same place however many octets follow it, and never before all of its
/// octets are there.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let octets = Array(UnsafeBufferPointer(start: data, count: size))
    let whole = ProxyHeader.parse(octets)
    guard case .header(let header, let length) = whole else {
        // What is no header does not become one by more octets.
        if whole == .invalid { precondition(ProxyHeader.parse(octets + [0x0D, 0x0A]) == .invalid) }
        return 0
    }
    precondition(length > 0 && length <= octets.count && length <= SMTP.Limits.proxyHeaderOctets)
    precondition(ProxyHeader.parse(Array(octets[..<length])) == whole)
    precondition(ProxyHeader.parse(octets + [0x45]) == whole)
    precondition(ProxyHeader.parse(Array(octets[..<(length - 1)])) == .incomplete)
    if let source = header.source {
        precondition((0...65_535).contains(source.port))
        _ = source.address.description
    }
    return 0
}
