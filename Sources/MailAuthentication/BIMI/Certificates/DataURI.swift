/// A file inside its own address (RFC 2397), as mark certificates carry their logo.
struct DataURI {
    /// The media type in small letters, without parameters.
    let mediaType: String
    let octets: [UInt8]

    /// Nil for any other address, and for one that is not written in base64.
    init?(_ text: String) {
        let octets = Array(text.utf8)
        let scheme = Array("data:".utf8)
        guard octets.prefix(scheme.count).map(\.lowercased) == scheme,
            let comma = octets.firstIndex(of: UInt8(ascii: ","))
        else { return nil }
        let words = String(decoding: octets[scheme.count..<comma].map(\.lowercased), as: UTF8.self)
            .split(separator: ";", omittingEmptySubsequences: false)
        guard words.count > 1, words.last == "base64",
            let file = Base64.decode(octets[(comma + 1)...])
        else { return nil }
        mediaType = String(words[0])
        self.octets = file
    }
}
