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
    checkUpdate(message)
    checkSignature(bytes)
    for record in message.answers {
        _ = record.description
        _ = record.name.domainName?.unicode
    }
    return 0
}

/// An update that was read asks for the same once more.
private func checkUpdate(_ message: DNSMessage) {
    guard let update = try? DNSUpdate.parse(message) else { return }
    let bytes = update.message(id: message.id).render(compressing: false)
    guard let again = try? DNSMessage.parse(bytes) else {
        fatalError("an update that was rendered cannot be read")
    }
    precondition(again.isTruncated || (try? DNSUpdate.parse(again)) == update)
}

/// A signature that was taken off and put back is the same, and so is what it covers.
private func checkSignature(_ bytes: [UInt8]) {
    guard let signed = try? SignedMessage.parse(bytes),
        let whole = signed.signature.append(to: signed.unsigned)
    else { return }
    guard let again = try? SignedMessage.parse(whole) else {
        fatalError("a signature that was put back cannot be read")
    }
    precondition(again == signed)
    let request = Array(signed.signature.authenticationCode.prefix(64))
    precondition(
        again.signature.covered(message: again.unsigned, requestCode: request)
            == signed.signature.covered(message: signed.unsigned, requestCode: request))
}
