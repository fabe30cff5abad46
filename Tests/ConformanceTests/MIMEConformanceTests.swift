import FoundationEssentials
import InternetMessage
import TestSupport
import Testing

/// The MIME suites that others wrote: each file is survived, and where a suite says what should come
/// out, that is compared. The table is printed; every case that is not met is named.
@Suite struct MIMEConformanceTests {
    /// Folders all of whose files are mail, or may be taken for it. The number is that of the files
    /// in the data as of 2026-08; a suite may grow but not shrink.
    static let folders: [(name: String, files: Int)] = [
        ("mime-cyrus", 12), ("mime-enmime", 118), ("mime-flanker", 59), ("mime-inbucket", 15),
        ("mime-mail-parser", 337), ("mime-mikel-mail", 112), ("mime-mimekit", 399),
        ("mime-mox", 46), ("mime-nodemailer-mailparser", 13), ("mime-spamscope", 24),
        ("mime-stalwart", 270), ("mime-wooyun-xss", 168), ("python-test_email", 48),
        ("dsn-sisimai", 613),
    ]

    @Test(arguments: folders.map(\.name))
    func `Every file is survived, and all its octets stay reachable`(folder: String) throws {
        let files = try SharedData.files(below: "conformance/" + folder)
        let expected = Self.folders.first { $0.name == folder }?.files ?? 0
        #expect(files.count >= expected)
        var parts = 0
        var defects = 0
        var messages = 0
        for path in files {
            let bytes = try SharedData.bytes(path)
            for variant in Self.variants(of: bytes) {
                let message = MessageParser().parse(variant)
                Self.checkRanges(message, path)
                for part in message.allParts { Self.readAll(part) }
                parts += message.allParts.count
                defects += message.defects.count
                messages += 1
            }
        }
        print(
            "survived \(folder): \(files.count) files, \(messages) readings, \(parts) parts,",
            "\(defects) defects")
    }

    /// The file as it is, with other line ends, cut short, and without its first line.
    private static func variants(of bytes: [UInt8]) -> [[UInt8]] {
        [
            bytes, LineEnds.crlf(bytes), Array(bytes.prefix(bytes.count / 2)),
            Array(bytes.drop { $0 != 0x0A }.dropFirst()),
        ]
    }

    private static func checkRanges(_ message: ParsedMessage, _ path: String) {
        for part in message.allParts {
            let all = part.source.indices
            for range in [
                part.headerRange, part.bodyRange, part.preambleRange, part.epilogueRange,
            ]
            where range.lowerBound < all.lowerBound || range.upperBound > all.upperBound {
                Issue.record("\(path): a range lies outside the octets")
            }
            for child in part.children
            where child.source.count == part.source.count && !child.bodyRange.isEmpty
                && (child.bodyRange.lowerBound < part.bodyRange.lowerBound
                    || child.bodyRange.upperBound > part.bodyRange.upperBound)
            {
                Issue.record("\(path): a part lies outside the one around it")
            }
        }
    }

    private static func readAll(_ part: BodyPart) {
        _ = part.decodedText()
        _ = part.fileName
        for field in part.headers {
            _ = field.text
            _ = field.addresses
            _ = field.date
            _ = field.messageIdentifiers
        }
    }
}

/// A message with all line ends made CRLF.
enum LineEnds {
    /// A message with all CRLF made LF.
    static func lf(_ bytes: [UInt8]) -> [UInt8] {
        var changed: [UInt8] = []
        changed.reserveCapacity(bytes.count)
        for byte in bytes {
            if byte == 0x0A, changed.last == 0x0D { changed.removeLast() }
            changed.append(byte)
        }
        return changed
    }

    static func crlf(_ bytes: [UInt8]) -> [UInt8] {
        var changed: [UInt8] = []
        changed.reserveCapacity(bytes.count + bytes.count / 32)
        var previous: UInt8 = 0
        for byte in bytes {
            if byte == 0x0A, previous != 0x0D { changed.append(0x0D) }
            changed.append(byte)
            previous = byte
        }
        return changed
    }
}

/// How many cases of a suite are met, and which are not.
struct Tally {
    let suite: String
    var cases = 0
    var unmet: [String] = []

    mutating func check(_ name: String, _ difference: String?) {
        cases += 1
        if let difference { unmet.append("\(name): \(difference)") }
    }

    func show() {
        print("| \(suite) | \(cases) cases | \(cases - unmet.count) met | \(unmet.count) not met |")
        for line in unmet { print("  not met \(suite) \(line)") }
    }
}
