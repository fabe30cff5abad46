internal import Identities

/// The parameters of SVCB and HTTPS records (RFC 9460 §2.1, §2.2): pairs of a key and octets, keys
/// rising.
enum ServiceParameters {
    struct Fault: Error {
        let reason: String
    }

    private static let names = [
        "mandatory", "alpn", "no-default-alpn", "port", "ipv4hint", "ech", "ipv6hint", "dohpath",
        "ohttp",
    ]

    /// Nil when the octets are no such pairs.
    static func pairs(in octets: [UInt8]) -> [(key: UInt16, value: [UInt8])]? {
        var reader = WireReader(octets)
        var pairs: [(key: UInt16, value: [UInt8])] = []
        while !reader.isAtEnd {
            guard let key = try? reader.uint16(), let length = try? reader.uint16(),
                let value = try? reader.octets(Int(length)),
                key > pairs.last?.key ?? 0 || pairs.isEmpty
            else { return nil }
            pairs.append((key, value))
        }
        return pairs
    }

    /// The form that `octets(of:)` reads back; nil when the list of mandatory keys is none that a
    /// zone file may hold (RFC 9460 §8).
    static func text(of pairs: [(key: UInt16, value: [UInt8])]) -> [String]? {
        guard isMandatoryListSound(pairs) else { return nil }
        return pairs.map { key, value in
            let name = Int(key) < names.count ? names[Int(key)] : "key\(key)"
            if value.isEmpty { return key == 2 || key == 8 ? name : "key\(key)" }
            guard let shown = shown(value, key: key) else {
                return "key\(key)=\(Presentation.quoted(value))"
            }
            return "\(name)=\(shown)"
        }
    }

    /// Rising keys, all of them given, and not the list itself.
    private static func isMandatoryListSound(_ pairs: [(key: UInt16, value: [UInt8])]) -> Bool {
        guard let list = pairs.first, list.key == 0 else { return true }
        guard list.value.count % 2 == 0 else { return false }
        var last: UInt16 = 0
        for index in stride(from: 0, to: list.value.count, by: 2) {
            let key = UInt16(list.value[index]) << 8 | UInt16(list.value[index + 1])
            guard key > last, pairs.contains(where: { $0.key == key }) else { return false }
            last = key
        }
        return true
    }

    /// Keys with a form of their own; nil when the value does not fit it.
    private static func shown(_ value: [UInt8], key: UInt16) -> String? {
        func groups(_ size: Int) -> [[UInt8]]? {
            guard value.count % size == 0 else { return nil }
            return stride(from: 0, to: value.count, by: size).map { Array(value[$0..<($0 + size)]) }
        }
        switch key {
        case 0:
            return groups(2)?.map {
                let number = Int($0[0]) << 8 | Int($0[1])
                return number < names.count ? names[number] : "key\(number)"
            }.joined(separator: ",")
        case 1:
            guard let items = identifiers(value) else { return nil }
            let joined = items.map { item in
                item.flatMap { byte -> [UInt8] in
                    byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\\")
                        ? [UInt8(ascii: "\\"), byte] : [byte]
                }
            }.joined(separator: [UInt8(ascii: ",")])
            return Presentation.quoted(joined)
        case 3:
            return groups(2).flatMap {
                $0.count == 1 ? String(Int($0[0][0]) << 8 | Int($0[0][1])) : nil
            }
        case 4:
            return groups(4)?.compactMap { IPAddress(bytes: $0)?.description }.joined(
                separator: ",")
        case 5: return Base.text64(value)
        case 6:
            return groups(16)?.compactMap { IPAddress(bytes: $0) }
                .map { $0.isIPv4 ? "::ffff:\($0)" : $0.description }.joined(separator: ",")
        default: return nil
        }
    }

    private static func identifiers(_ value: [UInt8]) -> [[UInt8]]? {
        var reader = WireReader(value)
        var items: [[UInt8]] = []
        while !reader.isAtEnd {
            guard let item = try? reader.counted(), !item.isEmpty else { return nil }
            items.append(item)
        }
        return items
    }

    /// Reads the words behind the target.
    static func octets(of words: [[UInt8]]) throws(Fault) -> [UInt8] {
        var pairs: [UInt16: [UInt8]] = [:]
        for word in words {
            let equals = word.firstIndex(of: UInt8(ascii: "="))
            let name = String(decoding: word[..<(equals ?? word.count)], as: UTF8.self)
            guard let key = key(name) else {
                throw Fault(reason: "\(name.prefix(40)) is no parameter of a service")
            }
            guard
                let text = RecordText.unescapedOctets(
                    Array(word[((equals ?? word.count - 1) + 1)...]))
            else { throw Fault(reason: "an escape in \(name) is wrong") }
            guard
                let value = value(
                    of: name.hasPrefix("key") ? nil : key, text, isGiven: equals != nil),
                value.count <= 65_535
            else {
                throw Fault(reason: "the value of \(name) is wrong")
            }
            guard pairs.updateValue(value, forKey: key) == nil else {
                throw Fault(reason: "\(name) stands twice")
            }
        }
        if let mandatory = pairs[0] {
            for index in stride(from: 0, to: mandatory.count - 1, by: 2) {
                guard pairs[UInt16(mandatory[index]) << 8 | UInt16(mandatory[index + 1])] != nil
                else {
                    throw Fault(reason: "a mandatory parameter is missing")
                }
            }
        }
        return pairs.sorted { $0.key < $1.key }.flatMap { key, value in
            bytes(key) + bytes(UInt16(value.count)) + value
        }
    }

    private static func bytes(_ value: UInt16) -> [UInt8] {
        [UInt8(value >> 8), UInt8(value & 0xFF)]
    }

    private static func key(_ name: String) -> UInt16? {
        if let known = names.firstIndex(of: name) { return UInt16(known) }
        guard name.hasPrefix("key") else { return nil }
        return ZoneTime.number(Array(name.utf8.dropFirst(3))).flatMap { UInt16(exactly: $0) }
    }

    /// Without a key the octets stand for themselves, as behind `key7`.
    private static func value(of key: UInt16?, _ text: [UInt8], isGiven: Bool) -> [UInt8]? {
        if key == 2 || key == 8 { return isGiven ? nil : [] }
        guard let key else { return text }
        guard !text.isEmpty else { return nil }
        let items = text.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).map(
            Array.init)
        switch key {
        case 0:
            let keys = items.map { self.key(String(decoding: $0, as: UTF8.self)) ?? 0 }.sorted()
            guard keys.first != 0, Set(keys).count == keys.count else { return nil }
            return keys.flatMap(bytes)
        case 1: return applicationProtocols(text)
        case 3: return ZoneTime.number(text).flatMap { UInt16(exactly: $0) }.map(bytes)
        case 4:
            return joined(items) { IPAddress(utf8: $0).flatMap { $0.isIPv4 ? $0.bytes : nil } }
        case 5: return Base.octets64(text)
        case 6:
            return joined(items) { item in
                guard item.contains(UInt8(ascii: ":")), let address = IPAddress(utf8: item) else {
                    return nil
                }
                return address.isIPv4
                    ? [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF] + address.bytes
                    : address.bytes
            }
        default: return text
        }
    }

    private static func joined(_ items: [[UInt8]], _ octets: ([UInt8]) -> [UInt8]?) -> [UInt8]? {
        var joined: [UInt8] = []
        for item in items {
            guard let part = octets(item) else { return nil }
            joined += part
        }
        return joined
    }

    /// RFC 9460 A.1: a list whose own escapes stand inside those of the string.
    private static func applicationProtocols(_ text: [UInt8]) -> [UInt8]? {
        var value: [UInt8] = []
        var item: [UInt8] = []
        var isEscaped = false
        for byte in text + [UInt8(ascii: ",")] {
            if isEscaped {
                guard byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\\") else { return nil }
                item.append(byte)
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: ",") {
                guard (1...255).contains(item.count) else { return nil }
                value.append(UInt8(item.count))
                value += item
                item = []
            } else {
                item.append(byte)
            }
        }
        return item.isEmpty && !isEscaped ? value : nil
    }
}
