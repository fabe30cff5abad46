import MailAuthentication

/// Random messages that are legal mail, for comparisons with peers.
struct ARCRandomMessage {
    private var state: UInt64

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

    mutating func number(below end: Int) -> Int { Int(next() % UInt64(end)) }

    mutating func happens(_ percent: Int) -> Bool { number(below: 100) < percent }

    mutating func one<T>(of values: [T]) -> T { values[number(below: values.count)] }

    mutating func message() -> String {
        var fields = [
            "From: \(words(2)) <a\(number(below: 99))@author.example>",
            "To:\(happens(50) ? " " : "")b@list.example",
        ]
        let others = [
            "Subject: ", "subject:", "Date: ", "Message-ID: ", "Cc: ", "Reply-To: ",
            "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8", "List-Id: ",
            "X-Anything: ", "Received: from a.example ", "Received: from b.example ",
            "References: ", "DKIM-Signature: v=1; b=",
        ]
        for name in others where happens(60) {
            fields.append(name + words(1 + number(below: 12)) + (happens(10) ? "  " : ""))
        }
        shuffle(&fields)
        return fields.joined(separator: "\r\n") + "\r\n\r\n" + body()
    }

    /// Always with a line end, as SMTP carries every message. Without one both peers forget RFC 6376
    /// §3.4.3 and §3.4.4 in some cases: Mail::DKIM adds none to a simple body, dkimpy leaves blanks
    /// at the end of a relaxed one.
    mutating func body() -> String {
        if happens(5) { return "" }
        var lines: [String] = []
        for _ in 0..<number(below: 20) {
            switch number(below: 6) {
            case 0: lines.append("")
            case 1: lines.append(words(3) + one(of: [" ", "\t", " \t "]))
            case 2: lines.append(one(of: [" ", "\t"]) + words(2))
            default: lines.append(words(1 + number(below: 10)))
            }
        }
        return lines.joined(separator: "\r\n") + one(of: ["\r\n", "\r\n\r\n\r\n"])
    }

    /// Words with blanks and, now and then, a fold between them.
    private mutating func words(_ count: Int) -> String {
        var text = ""
        for index in 0..<count {
            if index > 0 { text += one(of: [" ", " ", " ", "  ", "\t", "\r\n ", "\r\n\t"]) }
            text += one(of: [
                "hello", "World", "=?utf-8?q?gr=C3=BC=C3=9Fe?=", "größe", "x", "日本", "a=b;",
                "\"q\"",
                "(c)", "100%", "<z@y.example>", "..", "--", "0123456789abcdefghijklmnopqrstuvwxyz",
            ])
        }
        return text
    }

    mutating func shuffle(_ values: inout [String]) {
        for index in values.indices { values.swapAt(index, number(below: values.count)) }
    }
}
