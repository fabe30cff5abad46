// Seeds: Tests/DNSTests/Fixtures/messages.
import DNS
import Identities

/// What can be read must come back the same, compressed or not, and as text.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: size))
    guard let message = try? DNSMessage.parse(bytes) else { return 0 }
    for rendered in [message.render(), message.render(compressing: false)] {
        // A plain copy of a message full of pointers may not fit 65,535 octets, and then says so.
        guard let again = try? DNSMessage.parse(rendered) else {
            fatalError("a message that was read cannot be read again")
        }
        let isWhole =
            again.answers.count == message.answers.count
            && again.authorities.count == message.authorities.count
            && again.additionals.count == message.additionals.count
        precondition(!isWhole || message.isTruncated != again.isTruncated || again == message)
    }
    _ = message.render(sizeLimit: 512)
    for record in message.answers {
        _ = record.description
        _ = record.name.domainName?.unicode
    }
    return 0
}
