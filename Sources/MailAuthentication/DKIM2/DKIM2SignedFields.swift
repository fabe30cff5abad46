/// The fields that a signer adds to a message, to be put in front of its header section.
public struct DKIM2SignedFields: Hashable, Sendable {
    /// The DKIM2-Signature field, folded, without the line end behind it.
    public let signature: String
    /// The Message-Instance field, folded; nil when the message has one that fits.
    public let instance: String?

    /// The fields with their line ends.
    public var octets: [UInt8] {
        Array((signature + "\r\n" + (instance.map { $0 + "\r\n" } ?? "")).utf8)
    }

    /// Lays a field out in lines of at most 78 characters; white space does not count for DKIM2.
    static func fold(_ name: String, _ tags: [(name: String, value: String)]) -> String {
        var text = name + ":"
        var column = text.utf8.count
        for (index, tag) in tags.enumerated() {
            let part = "\(tag.name)=\(tag.value);"
            if index > 0, column + 1 + part.utf8.count > lineLength {
                text += "\r\n\t"
                column = 8
            } else {
                text += " "
                column += 1
            }
            var rest = part[...]
            while splittable.contains(tag.name), column + rest.utf8.count > lineLength {
                let head = rest.prefix(lineLength - column)
                text += head + "\r\n\t"
                rest = rest.dropFirst(head.count)
                column = 8
            }
            text += rest
            column += rest.utf8.count
        }
        return text
    }

    private static let lineLength = 78
    /// Tags with base64 in them; a fold inside the others would not be read by everyone.
    private static let splittable: Set<String> = ["mf", "rt", "s", "h", "r"]
}
