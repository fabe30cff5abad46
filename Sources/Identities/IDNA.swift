internal import CIDN2

/// Internationalised names through libidn2 (IDNA2008, RFC 5890 and following).
enum IDNA {
    /// The ASCII form of a name with letters beyond ASCII; nil when IDNA refuses it.
    static func domainName(fromUnicode buffer: UnsafeBufferPointer<UInt8>) -> DomainName? {
        // The caller has refused every ASCII octet that no label may hold, so no NUL is here.
        guard let text = String(validating: buffer, as: UTF8.self),
            let ascii = lookup(text)
        else { return nil }
        // UTS #46 maps some letters to ASCII that no label may hold; the plain parser decides.
        guard ascii.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
        return DomainName(ascii)
    }

    private static func lookup(_ text: String) -> String? {
        var output: UnsafeMutablePointer<UInt8>?
        let flags = CInt(IDN2_NFC_INPUT.rawValue | IDN2_NONTRANSITIONAL.rawValue)
        let status = text.utf8CString.withUnsafeBufferPointer { input in
            input.withMemoryRebound(to: UInt8.self) { bytes in
                idn2_lookup_u8(bytes.baseAddress, &output, flags)
            }
        }
        defer { idn2_free(output) }
        guard status == CInt(IDN2_OK.rawValue), let output else { return nil }
        return String(decodingCString: output, as: UTF8.self)
    }

    /// The Unicode form of one `xn--` label, only when it encodes back to the same label.
    static func unicodeLabel(of label: Substring) -> String? {
        var output: UnsafeMutablePointer<CChar>?
        let status = String(label).withCString { idn2_to_unicode_8z8z($0, &output, 0) }
        defer { idn2_free(output) }
        guard status == CInt(IDN2_OK.rawValue), let output,
            let text = String(validatingCString: output),
            !text.utf8.contains(ASCII.dot), lookup(text) == String(label)
        else { return nil }
        return text
    }
}
