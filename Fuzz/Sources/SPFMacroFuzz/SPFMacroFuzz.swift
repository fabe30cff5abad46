// Seeds: the files of Tests/MailAuthenticationTests/Fixtures/FailCases/SPFMacroFuzz/. Crashers go
// there too.
import Identities
import MailAuthentication

/// Expands the first line of the input as a macro text; the second line is what macros stand for.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzSPFMacro(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
    let octets = UnsafeBufferPointer(start: data, count: size)
    let end = octets.firstIndex(of: 10) ?? octets.count
    let text = String(decoding: octets[..<end], as: UTF8.self)
    let value = String(decoding: octets[end...].dropFirst(), as: UTF8.self)
    for client in [IPAddress(ipv4: 0xC000_0201), IPAddress(bytes: Array(0..<16))] {
        guard let client else { continue }
        let values = SPFMacroValues(
            localPart: value, senderDomain: value, domain: value, client: client, helo: value,
            validatedName: value, receiver: value, now: .min)
        expand(text, values)
    }
    return 0
}

private func expand(_ text: String, _ values: SPFMacroValues) {
    if let domain = try? SPFMacroString(text, .domain) {
        precondition(domain.text == text)
        let name = domain.nameText(values)
        // Labels are taken off until the name fits; a single label that does not stays.
        precondition(name.utf8.count <= 253 || !name.utf8.contains(UInt8(ascii: ".")))
        precondition((try? SPFMacroString(text, .modifier)) != nil)
        precondition((try? SPFMacroString(text, .explanation)) != nil)
    }
    if let explanation = try? SPFMacroString(text, .explanation) {
        let said = explanation.explanation(values) ?? ""
        precondition(said.utf8.count <= Limits.spfExplanationOctets)
        precondition(said.utf8.allSatisfy { (0x20...0x7E).contains($0) })
    }
}
