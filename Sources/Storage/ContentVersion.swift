import Crypto

/// A short text that stands for what something says now: two people who saw the same may each
/// change it, and only the first one does.
enum ContentVersion {
    /// 16 digits, the same for the same parts.
    static func of(_ parts: [String]) -> String {
        // The length in front keeps "a" + "bc" from being "ab" + "c".
        let text = parts.map { "\($0.utf8.count):\($0)" }.joined()
        return String(Hexadecimal.text(SHA256.hash(data: Array(text.utf8))).prefix(16))
    }
}
