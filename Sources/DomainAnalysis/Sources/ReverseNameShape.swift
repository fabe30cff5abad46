public import Identities

/// Tells the names that access providers give to whole ranges of addresses from the names of
/// servers.
public enum ReverseNameShape {
    /// True for `203-0-113-7.dsl.example.net`, `host7.dynamic.example.net` and their like: names
    /// that carry the address or say that it changes hands.
    public static func isGeneric(_ name: DomainName, address: IPAddress?) -> Bool {
        let labels = name.labels
        guard labels.count > 2 else { return false }
        let host = labels.dropLast(2)
        var numbers: [Int] = []
        for label in host {
            for token in label.split(whereSeparator: { !$0.isLetter && !$0.isNumber }) {
                let letters = token.prefix { !$0.isNumber }
                if words.contains(String(letters)) { return true }
                for part in token.split(whereSeparator: { !$0.isNumber }) where part.count <= 3 {
                    if let number = Int(part) { numbers.append(number) }
                }
            }
        }
        guard let address else { return false }
        let bytes = address.bytes
        let hexadecimal = bytes.map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
        if host.contains(where: { $0.contains(hexadecimal) }) { return true }
        guard address.isIPv4 else { return false }
        let octets = bytes.map(Int.init)
        return holds(numbers, run: octets) || holds(numbers, run: octets.reversed())
    }

    /// Three octets of the address side by side are no accident.
    private static func holds(_ numbers: [Int], run octets: [Int]) -> Bool {
        guard numbers.count >= 3 else { return false }
        for start in 0...(numbers.count - 3) {
            let part = Array(numbers[start..<(start + 3)])
            if part == Array(octets[0..<3]) || part == Array(octets[1..<4]) { return true }
        }
        return false
    }

    private static let words: Set<String> = [
        "adsl", "broadband", "cable", "cgn", "client", "clients", "cpe", "cust", "customer",
        "customers", "dhcp", "dial", "dialup", "dip", "dsl", "dyn", "dynamic", "dynip", "fiber",
        "fibre", "ftth", "gpon", "hsd", "lte", "mobile", "modem", "nat", "pool", "pools", "ppp",
        "pppoe", "res", "residential", "sdsl", "vdsl", "wireless",
    ]
}
