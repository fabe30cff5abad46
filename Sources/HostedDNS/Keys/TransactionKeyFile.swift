import DNS
import FoundationEssentials

/// Reads keys in the form of BIND's configuration, as `tsig-keygen` and `keymgr -t` write them:
/// `key "name" { algorithm hmac-sha256; secret "…"; };`
public enum TransactionKeyFile {
    /// What is wrong, and in which line; never what the secret is.
    public struct Fault: Error, Hashable, Sendable, CustomStringConvertible {
        public let line: Int
        public let reason: String
        public var description: String { "line \(line): \(reason)" }
    }

    public static func parse(_ bytes: [UInt8]) throws(Fault) -> [TransactionKey] {
        guard bytes.count <= Limits.keyFile else {
            throw Fault(line: 1, reason: "the file is longer than \(Limits.keyFile) bytes")
        }
        var words = Words(bytes)
        var keys: [TransactionKey] = []
        while let word = try words.next() {
            guard word == .word("key") else {
                throw words.fault("here a key begins: key \"name\" { … };")
            }
            let key = try key(&words)
            guard !keys.contains(where: { $0.name == key.name }) else {
                throw words.fault("the key \(key.name) stands here twice")
            }
            guard keys.count < Limits.keys else { throw words.fault("there are too many keys") }
            keys.append(key)
        }
        return keys
    }

    private static func key(_ words: inout Words) throws(Fault) -> TransactionKey {
        guard case .word(let text)? = try words.next(), let name = DNSName(text), !name.isRoot
        else {
            throw words.fault("the key has no name")
        }
        guard try words.next() == .open else { throw words.fault("a { is missing") }
        var algorithm: TransactionKey.Algorithm?
        var secret: [UInt8]?
        while true {
            let word = try words.next()
            if word == .close { break }
            guard case .word(let field)? = word, case .word(let value)? = try words.next(),
                try words.next() == .end
            else { throw words.fault("inside a key stand: algorithm …; secret \"…\";") }
            switch field {
            case "algorithm":
                let plain = value.hasSuffix(".") ? String(value.dropLast()) : value
                guard let known = TransactionKey.Algorithm(rawValue: plain.lowercased()) else {
                    let all = TransactionKey.Algorithm.allCases.map(\.rawValue)
                    throw words.fault(
                        "this algorithm is not taken; " + all.joined(separator: ", ") + " are")
                }
                algorithm = known
            case "secret":
                guard let data = Data(base64Encoded: value) else {
                    throw words.fault("the secret is not written in base64")
                }
                secret = Array(data)
            default: throw words.fault("a key has an algorithm and a secret, and nothing else")
            }
        }
        guard try words.next() == .end else { throw words.fault("a ; is missing behind the key") }
        guard let algorithm else { throw words.fault("the key names no algorithm") }
        guard let secret else { throw words.fault("the key has no secret") }
        guard let key = TransactionKey(name: name, algorithm: algorithm, secret: secret) else {
            throw words.fault(
                "the secret has \(secret.count) octets; it needs \(Limits.secret.lowerBound) to "
                    + "\(Limits.secret.upperBound)")
        }
        return key
    }

    /// The words of the file, comments left out.
    private struct Words {
        enum Word: Equatable {
            case word(String)
            case open, close, end
        }

        private let bytes: [UInt8]
        private var place = 0
        private var line = 1

        init(_ bytes: [UInt8]) { self.bytes = bytes }

        func fault(_ reason: String) -> Fault { Fault(line: line, reason: reason) }

        mutating func next() throws(Fault) -> Word? {
            try skip()
            guard place < bytes.count else { return nil }
            let byte = bytes[place]
            place += 1
            switch byte {
            case UInt8(ascii: "{"): return .open
            case UInt8(ascii: "}"): return .close
            case UInt8(ascii: ";"): return .end
            case UInt8(ascii: "\""):
                let start = place
                while place < bytes.count, bytes[place] != UInt8(ascii: "\"") {
                    guard bytes[place] != UInt8(ascii: "\n") else { break }
                    place += 1
                }
                guard place < bytes.count, bytes[place] == UInt8(ascii: "\"") else {
                    throw fault("a quotation mark is not closed")
                }
                place += 1
                return .word(String(decoding: bytes[start..<(place - 1)], as: UTF8.self))
            default:
                let start = place - 1
                while place < bytes.count, !Self.ends(bytes[place]) { place += 1 }
                return .word(String(decoding: bytes[start..<place], as: UTF8.self))
            }
        }

        private mutating func skip() throws(Fault) {
            while place < bytes.count {
                let byte = bytes[place]
                let next = place + 1 < bytes.count ? bytes[place + 1] : 0
                if byte == UInt8(ascii: "\n") {
                    line += 1
                    place += 1
                } else if byte == UInt8(ascii: " ") || byte == 9 || byte == 13 {
                    place += 1
                } else if byte == UInt8(ascii: "#") || byte == 0x2F && next == 0x2F {
                    while place < bytes.count, bytes[place] != UInt8(ascii: "\n") { place += 1 }
                } else if byte == 0x2F && next == UInt8(ascii: "*") {
                    try skipComment()
                } else {
                    return
                }
            }
        }

        private mutating func skipComment() throws(Fault) {
            let start = line
            place += 2
            while place + 1 < bytes.count {
                if bytes[place] == UInt8(ascii: "*"), bytes[place + 1] == 0x2F {
                    place += 2
                    return
                }
                if bytes[place] == UInt8(ascii: "\n") { line += 1 }
                place += 1
            }
            throw Fault(line: start, reason: "a comment is not closed")
        }

        private static func ends(_ byte: UInt8) -> Bool {
            byte <= 0x20
                || [UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: ";")].contains(byte)
                || byte == UInt8(ascii: "\"")
        }
    }
}
