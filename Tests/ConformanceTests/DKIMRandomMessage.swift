/// Random messages that are legal mail, odd in every way that a canonical form must bear.
struct DKIMRandomMessage {
    private var state: UInt64
    /// Whether every field of the next message is written `Name: value`, with one space and no
    /// blank before its value.
    var hasPlainFields = false

    init(seed: UInt64) {
        state = seed
    }

    /// SplitMix64: the same seed gives the same messages everywhere.
    private mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value &>> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value &>> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value &>> 31
    }

    private mutating func number(below end: Int) -> Int { Int(next() % UInt64(end)) }

    private mutating func happens(_ percent: Int) -> Bool { number(below: 100) < percent }

    private mutating func one<T>(of values: [T]) -> T { values[number(below: values.count)] }

    /// With CRLF, and always with a line end behind the last line, as SMTP carries every message.
    mutating func message() -> [UInt8] {
        var fields = [field(one(of: ["From", "from", "FROM"]), words(2) + " <a@example.com>")]
        for name in [
            "To", "Subject", "Date", "Message-ID", "Cc", "Reply-To", "MIME-Version", "subject",
            "Content-Type", "List-Id", "X-Anything", "Received", "Received", "References",
            "In-Reply-To", "X-Empty", "x-Long",
        ] where happens(60) {
            switch name {
            case "X-Empty": fields.append(name + ":" + one(of: ["", " ", "  "]))
            case "x-Long": fields.append(field(name, words(60)))
            default: fields.append(field(name, words(1 + number(below: 12))))
            }
        }
        for index in fields.indices.reversed() {
            fields.swapAt(index, number(below: index + 1))
        }
        var octets = Array((fields.joined(separator: "\r\n") + "\r\n\r\n").utf8)
        octets += body()
        return octets
    }

    private mutating func field(_ name: String, _ value: String) -> String {
        var text = name + (hasPlainFields ? ": " : one(of: [": ", ":", ":  ", ":\t", ": "]))
        for (index, word) in value.split(separator: " ").enumerated() {
            if index > 0 {
                text += one(of: [" ", " ", " ", "  ", "\t", "\r\n ", "\r\n\t", " \r\n  "])
            }
            text += word
        }
        return text + one(of: ["", "", "", " ", "\t "])
    }

    private mutating func body() -> [UInt8] {
        if happens(6) { return [] }
        var octets: [UInt8] = []
        for _ in 0..<number(below: 24) {
            switch number(below: 9) {
            case 0: break
            case 1: octets += Array((words(3) + one(of: [" ", "\t", " \t ", "   "])).utf8)
            case 2: octets += Array((one(of: [" ", "\t", "  \t"]) + words(2)).utf8)
            case 3: octets += Array(one(of: [" ", "\t", "  \t "]).utf8)
            case 4: octets += Array(words(120 + number(below: 30)).utf8.prefix(990))
            case 5: octets += (0..<20).map { _ in UInt8(0x80 + number(below: 0x80)) }
            case 6: octets += Array("one  two \t three\tfour".utf8)
            case 7: octets += Array((one(of: [".", "..", "From ", ">From "]) + words(1)).utf8)
            default: octets += Array(words(1 + number(below: 10)).utf8)
            }
            octets += [0x0D, 0x0A]
        }
        for _ in 0..<one(of: [0, 0, 1, 3]) { octets += [0x0D, 0x0A] }
        return octets
    }

    private mutating func words(_ count: Int) -> String {
        let all = [
            "invoice", "meeting", "of", "a", "the", "=?utf-8?q?=C3=A9?=", "Grüße", "x;y=z", "b=1",
            "\"q\"", "(c)", "1", "report:", "日本", "bh=", "d=example.com;", "-", "--",
        ]
        return (0..<count).map { _ in one(of: all) }.joined(separator: " ")
    }
}
