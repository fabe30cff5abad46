import DNS
import TestSupport
import Testing

/// Knot's zone scanner cases: each file holds good and bad lines, and the wire form or the warning
/// expected for each.
struct `Knot's zone scanner cases` {
    private static let folder = "conformance/dns-knot/tests/libzscanner/data"

    /// Types whose data is read in the generic form only, for mail and its DNS never ask for them.
    private static let genericTypes: Set<String> = []

    /// Lines that are read otherwise on purpose, by file and number of the expected item.
    private static let differences: [String: [Int: String]] = [:]

    private static func items(of bytes: [UInt8], include: @escaping (String) -> [UInt8]?) -> [String] {
        var reader = ZoneFileReader(bytes, include: include)
        var items: [String] = []
        while true {
            do {
                guard let record = try reader.next() else { return items }
                items.append(
                    [
                        hex(record.name.wire), hex(record.recordClass.rawValue, 4),
                        hex(record.timeToLive, 8), hex(record.type.rawValue, 4),
                        hex(record.data.wire),
                    ].joined(separator: " "))
            } catch {
                items.append(error.isFatal ? "ERROR" : "WARNG")
            }
        }
    }

    private static func hex(_ octets: [UInt8]) -> String {
        octets.map { hex($0, 2) }.joined()
    }

    private static func hex(_ value: some BinaryInteger, _ width: Int) -> String {
        let digits = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: width - digits.count) + digits
    }

    private static func expected(_ text: String) -> [String] {
        text.split(separator: "------\n").map { block in
            let lines = block.split(separator: "\n")
            if lines[0].hasPrefix("WARNG") { return "WARNG" }
            if lines[0].hasPrefix("ERROR") { return "ERROR" }
            return lines.map { String($0.drop { $0 != "=" }.dropFirst()) }.joined(separator: " ")
        }
    }

    @Test func `are met but for those named`() throws {
        var met = 0
        var unmet: [String] = []
        for path in try SharedData.files(below: Self.folder) where path.hasSuffix(".in") {
            let name = String(path.split(separator: "/").last?.dropLast(3) ?? "")
            let folder = String(path.dropLast(name.count + 4))
            let found = Self.items(of: try SharedData.bytes(path)) { file in
                try? SharedData.bytes(folder + "/" + file)
            }
            let wanted = Self.expected(
                String(decoding: try SharedData.bytes(folder + "/" + name + ".out"), as: UTF8.self))
            for index in 0..<max(found.count, wanted.count) {
                let have = index < found.count ? found[index] : "nothing"
                let want = index < wanted.count ? wanted[index] : "nothing"
                if have == want { met += 1 } else { unmet.append("\(name)#\(index): \(want.prefix(120)) / \(have.prefix(120))") }
            }
        }
        print("Knot's zone scanner: \(met) met, \(unmet.count) not met")
        for line in unmet { print("  not met:", line) }
    }
}
