/// Makes a date out of words in nearly any order.
struct DateTimeParser {
    private var day: Int?
    private var month: Int?
    private var year: Int?
    private var time: (hour: Int, minute: Int, second: Int)?
    private var zone: Int?
    private var isZoneUnknown = true

    mutating func parse(_ bytes: [UInt8]) -> DateTime? {
        var scanner = FieldScanner(bytes)
        while true {
            scanner.skipBlanksAndComments()
            guard let octet = scanner.current else { break }
            if octet == Octet.comma || octet == Octet.quote {
                scanner.position &+= 1
                continue
            }
            let start = scanner.position
            repeat { scanner.position &+= 1 } while scanner.current.map(isInWord) ?? false
            read(bytes[start..<scanner.position])
        }
        guard let day, let month, let year, let time else { return nil }
        guard day <= DateTimeParser.length(of: month, year) else { return nil }
        let days = DateTime.days(year: year, month: month, day: day)
        let seconds = days * 86_400 + time.hour * 3_600 + time.minute * 60 + time.second
        return DateTime(
            secondsSinceEpoch: Int64(seconds - (zone ?? 0) * 60), offsetMinutes: zone ?? 0,
            isZoneUnknown: isZoneUnknown)
    }

    private func isInWord(_ octet: UInt8) -> Bool {
        !octet.isWhitespace && octet != Octet.comma && octet != Octet.openParenthesis
            && octet != Octet.quote
    }

    private mutating func read(_ word: ArraySlice<UInt8>) {
        guard let first = word.first, word.count <= 40 else { return }
        if first == UInt8(ascii: "+") || first == Octet.hyphen {
            readOffset(word)
        } else if word.contains(Octet.colon) {
            readTime(word)
        } else if word.allSatisfy(\.isDigit) {
            readNumber(word)
        } else if word.contains(Octet.hyphen) || word.contains(Octet.slash) {
            readJoined(word)
        } else if first.isLetter {
            readName(word)
        } else if first.isDigit {
            // `1.`, `1st`, `2003.`
            readNumber(word.prefix(while: \.isDigit))
        }
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        guard (1...4).contains(digits.count), digits.allSatisfy(\.isDigit) else { return nil }
        return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    private mutating func readNumber(_ digits: ArraySlice<UInt8>) {
        guard let value = DateTimeParser.number(digits) else { return }
        if day == nil, digits.count <= 2, (1...31).contains(value) {
            day = value
        } else if year == nil {
            year = DateTimeParser.fullYear(value, digits: digits.count)
        }
    }

    /// RFC 5322 §4.3: two digits mean 1950 to 2049, three count from 1900.
    private static func fullYear(_ value: Int, digits: Int) -> Int {
        switch digits {
        case ...2: value < 50 ? value + 2000 : value + 1900
        case 3: value + 1900
        default: value
        }
    }

    /// `12-Jul-2003`, `2003-07-12`, `12/07/2003` is left alone: nobody knows what it means.
    private mutating func readJoined(_ word: ArraySlice<UInt8>) {
        let parts = word.split { $0 == Octet.hyphen || $0 == Octet.slash }
        if parts.count >= 3, let year = DateTimeParser.number(parts[0]), parts[0].count == 4,
            let month = DateTimeParser.number(parts[1]), (1...12).contains(month)
        {
            (self.year, self.month) = (year, month)
            if let day = DateTimeParser.number(parts[2]), (1...31).contains(day) { self.day = day }
            return
        }
        guard parts.contains(where: { $0.first?.isLetter ?? false }) else { return }
        for part in parts { read(part) }
    }

    private mutating func readTime(_ word: ArraySlice<UInt8>) {
        var word = word
        // ISO 8601: the date and the time are one word.
        if let letter = word.firstIndex(where: { ($0 | 0x20) == UInt8(ascii: "t") }),
            letter - word.startIndex == 10
        {
            readJoined(word[..<letter])
            word = word[(letter + 1)...]
        }
        var end = word.firstIndex { !$0.isDigit && $0 != Octet.colon } ?? word.endIndex
        let parts = word[..<end].split(separator: Octet.colon).map(DateTimeParser.number)
        guard parts.count >= 2, let hour = parts[0], let minute = parts[1], hour < 24, minute < 60
        else { return }
        let second = parts.count > 2 ? parts[2] ?? 0 : 0
        time = (hour, minute, min(second, 60))
        if end < word.endIndex, word[end] == Octet.dot {
            end = word[(end + 1)...].firstIndex { !$0.isDigit } ?? word.endIndex
        }
        if end < word.endIndex { read(word[end...]) }
    }

    private mutating func readOffset(_ word: ArraySlice<UInt8>) {
        let isNegative = word.first == Octet.hyphen
        let digits = word.dropFirst().filter { $0 != Octet.colon }
        guard time != nil, zone == nil, let value = DateTimeParser.number(digits[...]) else {
            return
        }
        let (hours, minutes) = digits.count <= 2 ? (value, 0) : (value / 100, value % 100)
        guard hours <= 24, minutes < 60 else { return }
        let offset = hours * 60 + minutes
        zone = isNegative ? -offset : offset
        isZoneUnknown = isNegative && offset == 0
    }

    private mutating func readName(_ word: ArraySlice<UInt8>) {
        let letters = word.prefix(while: \.isLetter)
        let name = letters.lowercasedText
        if month == nil, name.utf8.count >= 3,
            let index = DateTimeParser.months.firstIndex(of: String(name.prefix(3)))
        {
            month = index + 1
            return
        }
        if let time, name == "pm" || name == "am" {
            let hour = time.hour % 12 + (name == "pm" ? 12 : 0)
            if time.hour <= 12 { self.time = (hour, time.minute, time.second) }
            return
        }
        guard time != nil, zone == nil else { return }
        let rest = word.dropFirst(letters.count)
        if !rest.isEmpty, name == "gmt" || name == "utc" {
            readOffset(rest)
        } else if let hours = DateTimeParser.zones[name] {
            zone = hours * 60
            isZoneUnknown = false
        }
    }

    private static func length(of month: Int, _ year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    static let months = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ]
    /// RFC 5322 §4.3, in hours; the military zones but Z mean nothing.
    private static let zones = [
        "ut": 0, "gmt": 0, "utc": 0, "z": 0, "est": -5, "edt": -4, "cst": -6, "cdt": -5,
        "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
    ]
}
