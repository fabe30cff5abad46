import Crypto
public import Identities

/// One thing that a message can be found by, as the index keeps it.
public struct SearchTerm: Hashable, Comparable, Sendable {
    /// The first 64 bits of a SHA-256 over the kind and the text: two texts meet by chance once in
    /// 2⁶⁴, and nobody can make them meet on purpose.
    public let code: Int64

    private enum Kind: UInt8 {
        case senderAddress = 1
        case senderDomain = 2
        case recipientAddress = 3
        case recipientDomain = 4
        case client = 5
        case messageID = 6
        case word = 7
        case state = 8
    }

    private init(_ kind: Kind, _ octets: [UInt8]) {
        var hash = SHA256()
        hash.update(data: [kind.rawValue])
        hash.update(data: octets)
        code = hash.finalize().withUnsafeBytes {
            Int64(bigEndian: $0.loadUnaligned(as: Int64.self))
        }
    }

    /// A message from this address, by its envelope or its From field. Case does not count.
    public static func sender(address: String) -> SearchTerm {
        SearchTerm(.senderAddress, folded(address))
    }

    public static func sender(domain: DomainName) -> SearchTerm {
        SearchTerm(.senderDomain, Array(domain.text.utf8))
    }

    public static func recipient(address: String) -> SearchTerm {
        SearchTerm(.recipientAddress, folded(address))
    }

    public static func recipient(domain: DomainName) -> SearchTerm {
        SearchTerm(.recipientDomain, Array(domain.text.utf8))
    }

    public static func client(_ address: IPAddress) -> SearchTerm {
        SearchTerm(.client, address.bytes)
    }

    /// A Message-ID, with or without its angle brackets.
    public static func messageID(_ text: String) -> SearchTerm {
        var octets = Array(text.utf8)
        octets.removeAll { $0 <= 0x20 || $0 == UInt8(ascii: "<") || $0 == UInt8(ascii: ">") }
        return SearchTerm(.messageID, octets)
    }

    /// A word, as `words(of:)` gives it.
    public static func word(_ word: String) -> SearchTerm {
        SearchTerm(.word, Array(word.utf8))
    }

    /// A message that was in this state at some time.
    public static func state(_ state: MessageState) -> SearchTerm {
        SearchTerm(.state, [UInt8(truncatingIfNeeded: state.rawValue)])
    }

    /// The words of a text by which it is found: letters and digits, lower case, each once.
    public static func words(of text: String) -> [String] {
        var words: [String] = []
        var word: [UInt8] = []
        func end() {
            defer { word.removeAll(keepingCapacity: true) }
            // Words of two letters are in every subject.
            guard word.count > 2, words.count < MessageStore.Limits.words else { return }
            let found = String(decoding: word.prefix(MessageStore.Limits.wordOctets), as: UTF8.self)
            if !words.contains(found) { words.append(found) }
        }
        if text.utf8.allSatisfy({ $0 < 0x80 }) {
            for octet in text.utf8.prefix(MessageStore.Limits.wordsOctets) {
                let lower = octet &- 0x41 < 26 ? octet | 0x20 : octet
                if lower &- 0x61 < 26 || lower &- 0x30 < 10 {
                    word.append(lower)
                } else {
                    end()
                }
            }
        } else {
            let scalars = text.unicodeScalars.prefix(MessageStore.Limits.wordsOctets)
            for scalar in String(String.UnicodeScalarView(scalars)).lowercased().unicodeScalars {
                if isPartOfWord(scalar) {
                    word.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
                } else {
                    end()
                }
            }
        }
        end()
        return words
    }

    private static func isPartOfWord(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.value < 0x80 {
            return (scalar.value | 0x20) &- 0x61 < 26 || scalar.value &- 0x30 < 10
        }
        return scalar.properties.isAlphabetic || scalar.properties.numericType != nil
            || scalar.properties.generalCategory == .nonspacingMark
    }

    private static func folded(_ address: String) -> [UInt8] {
        let octets = Array(address.utf8)
        guard octets.allSatisfy({ $0 < 0x80 }) else { return Array(address.lowercased().utf8) }
        return octets.map { $0 &- 0x41 < 26 ? $0 | 0x20 : $0 }
    }

    public static func < (left: SearchTerm, right: SearchTerm) -> Bool { left.code < right.code }
}
