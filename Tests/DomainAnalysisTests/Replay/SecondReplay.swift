/// A second implementation of DMARC's policy discovery and alignment, written from RFC 9989 alone
/// (and, for receivers with a public suffix list, from the rules of publicsuffix.org). It knows
/// names as texts and shares no code with the first.
struct SecondReplay {
    /// Texts of TXT records by name, and all names that have any record.
    struct World {
        var texts: [String: [String]] = [:]
        var names: Set<String> = []
        /// Rules of a public suffix list, as the file has them.
        var rules: [String] = []

        mutating func add(_ name: String, text: String? = nil) {
            names.insert(name)
            if let text { texts[name, default: []].append(text) }
        }

        /// A name exists when it, or a name below it, has a record (§3.2.13).
        func exists(_ name: String) -> Bool {
            names.contains { $0 == name || $0.hasSuffix("." + name) }
        }
    }

    struct Answer: Equatable {
        /// none, quarantine, reject or notCovered.
        var disposition: String
        var pass: Bool?
        var tag: String?
        var recordDomain: String?
        var organization: String
    }

    fileprivate struct Record {
        var tags: [String: String] = [:]

        /// §4.7 and §4.8; nil for what is no DMARC record, or lists a tag twice (RFC 6376 §3.2).
        init?(_ text: String) {
            var pairs: [(String, String)] = []
            for part in text.split(separator: ";", omittingEmptySubsequences: false) {
                guard let sign = part.firstIndex(of: "=") else {
                    if part.contains(where: { $0 != " " && $0 != "\t" }) { pairs.append(("", "")) }
                    continue
                }
                pairs.append(
                    (Self.trim(part[..<sign]), Self.trim(part[part.index(after: sign)...])))
            }
            guard let first = pairs.first, first.0 == "v", first.1 == "DMARC1" else { return nil }
            for (name, value) in pairs where !name.isEmpty {
                if tags.updateValue(value, forKey: name) != nil { return nil }
            }
        }

        private static func trim(_ text: Substring) -> String {
            let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
            var rest = text.drop(while: isBlank)
            while let last = rest.last, isBlank(last) { rest.removeLast() }
            return String(rest)
        }

        var psd: String { value("psd", of: ["y", "n"]) ?? "u" }
        func isStrict(_ name: String) -> Bool { value(name, of: ["s"]) != nil }

        private func value(_ name: String, of known: [String]) -> String? {
            tags[name].map { $0.lowercased() }.flatMap { known.contains($0) ? $0 : nil }
        }

        private func policy(_ name: String) -> String? {
            value(name, of: ["none", "quarantine", "reject"])
        }

        /// §4.10.1: the tag that decides and its policy, `t` taken into account; nil where no
        /// DMARC is applied at all.
        func policy(isBelow: Bool, exists: Bool) -> (tag: String, policy: String)? {
            // Without p the record counts as if it had p=none beside its other tags (§4.7); where
            // one of the three is unreadable, as if p=none were all it asks for (§4.10.1).
            let isBroken = ["p", "sp", "np"].contains { tags[$0] != nil && policy($0) == nil }
            if isBroken || tags["p"] == nil {
                let addresses = (tags["rua"] ?? "").split(separator: ",")
                guard addresses.contains(where: { $0.contains("mailto:") }) else { return nil }
            }
            if isBroken { return ("p", "none") }
            var tag = "p"
            if isBelow {
                if !exists, policy("np") != nil {
                    tag = "np"
                } else if policy("sp") != nil {
                    tag = "sp"
                }
            }
            var found = policy(tag) ?? "none"
            if value("t", of: ["y"]) != nil {
                found = found == "reject" ? "quarantine" : "none"
            }
            return (tag, found)
        }
    }

    var world: World
    /// The domain whose record is another than the world has.
    var domain: String
    var proposal: String

    // MARK: Records

    private func records(_ name: String) -> [Record] {
        let texts = name == domain ? [proposal] : world.texts["_dmarc." + name] ?? []
        // What does not begin with the version is discarded; what is left and unreadable counts
        // towards "several", and is no valid record by itself.
        return texts.filter { text in
            let tight = text.filter { $0 != " " && $0 != "\t" }
            return tight == "v=DMARC1" || tight.hasPrefix("v=DMARC1;")
        }.map { Record($0) ?? Record(unreadable: true) }
    }

    private func record(_ name: String) -> Record? {
        let found = records(name)
        return found.count == 1 && found[0].isReadable ? found[0] : nil
    }

    // MARK: Tree walk (§4.10)

    private func walk(_ start: String) -> [(name: String, record: Record)] {
        var found: [(name: String, record: Record)] = []
        var labels = start.split(separator: ".").map(String.init)
        var isFirst = true
        while !labels.isEmpty {
            let name = labels.joined(separator: ".")
            if let record = record(name) {
                found.append((name, record))
                if record.psd != "u" { break }
            }
            labels.removeFirst(isFirst && labels.count >= 8 ? labels.count - 7 : 1)
            isFirst = false
        }
        return found
    }

    /// §4.10.2.
    private func walkedOrganization(_ start: String) -> String {
        let found = walk(start)
        for (name, record) in found {
            if record.psd == "n" { return name }
            if record.psd == "y", name != start {
                let count = name.split(separator: ".").count + 1
                return start.split(separator: ".").suffix(count).joined(separator: ".")
            }
        }
        return found.last?.name ?? start
    }

    // MARK: Public suffix list

    private func listedOrganization(_ name: String) -> String {
        let labels = name.split(separator: ".").map(String.init)
        var suffixLength = 1
        var exception: Int?
        for rule in world.rules {
            // What a wildcard stands below is a suffix as well, to libpsl as to other libraries.
            if rule == "*." + name { suffixLength = labels.count }
            let isException = rule.hasPrefix("!")
            let parts = (isException ? String(rule.dropFirst()) : rule).split(separator: ".")
                .map(String.init)
            guard parts.count <= labels.count,
                zip(parts.reversed(), labels.reversed()).allSatisfy({ $0 == "*" || $0 == $1 })
            else { continue }
            if isException {
                exception = parts.count - 1
            } else {
                suffixLength = max(suffixLength, parts.count)
            }
        }
        let length = (exception ?? suffixLength) + 1
        return length > labels.count ? name : labels.suffix(length).joined(separator: ".")
    }

    // MARK: A row

    func answer(
        from author: String, dkim: [String], spf: String?, byList: Bool
    ) -> Answer {
        func organization(_ name: String) -> String {
            byList ? listedOrganization(name) : walkedOrganization(name)
        }
        let own = organization(author)
        let found = byList ? listed(author, own) : walked(author, own)
        var answer = Answer(disposition: "notCovered", organization: own)
        // What is not below the domain is none of the proposal's.
        guard author == domain || author.hasSuffix("." + domain) else { return answer }
        answer.recordDomain = found?.name
        guard let found, found.name == domain,
            let policy = found.record.policy(
                isBelow: author != domain, exists: world.exists(author))
        else { return answer }
        func isAligned(_ name: String, _ mode: String) -> Bool {
            if name == author { return true }
            return !found.record.isStrict(mode) && organization(name) == own
        }
        let pass =
            dkim.contains { isAligned($0, "adkim") } || spf.map { isAligned($0, "aspf") } == true
        answer.pass = pass
        answer.tag = policy.tag
        answer.disposition = pass ? "none" : policy.policy
        return answer
    }

    /// §4.10.1: the author's own record, its organisation's, its public suffix's.
    private func walked(_ author: String, _ own: String) -> (name: String, record: Record)? {
        let found = walk(author)
        return found.first { $0.name == author } ?? found.first { $0.name == own }
            ?? found.first { $0.record.psd == "y" }
    }

    /// The same as before there were tree walks: several records end the search.
    private func listed(_ author: String, _ own: String) -> (name: String, record: Record)? {
        for name in [author, own] {
            if let record = record(name) { return (name, record) }
            if records(name).count > 1 { return nil }
        }
        return nil
    }
}

fileprivate extension SecondReplay.Record {
    /// Begins as a record, and cannot be read.
    init(unreadable: Bool) { tags = ["": ""] }
    var isReadable: Bool { tags[""] == nil }
}
