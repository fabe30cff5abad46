internal import DNS
internal import Identities

/// The mechanisms of RFC 7208 §5 that ask DNS.
extension SPFCheck {
    /// Evaluates a mechanism that leads to look-ups; `ip4`, `ip6` and `all` are not among them.
    mutating func evaluate(
        _ mechanism: SPFRecord.Mechanism, _ domain: SPFName
    ) async -> Match {
        if let reason = charge() { return .end(.permerror, reason: reason) }
        let match: Match
        switch mechanism {
        case .all, .ip4, .ip6: return .noMatch
        case .include(let target): return await include(target)
        case .a(let target, let lengths):
            switch await name(target, domain) {
            case .name(let name): match = await address(name, lengths)
            case .end(let result, let reason): return .end(result, reason: reason)
            case nil: return .noMatch
            }
        case .mx(let target, let lengths):
            switch await name(target, domain) {
            case .name(let name): match = await exchange(name, lengths)
            case .end(let result, let reason): return .end(result, reason: reason)
            case nil: return .noMatch
            }
        case .exists(let target):
            switch await name(target, domain) {
            case .name(let name): match = await exists(name)
            case .end(let result, let reason): return .end(result, reason: reason)
            case nil: return .noMatch
            }
        case .ptr(let target):
            switch await name(target, domain) {
            case .name(let name): match = await pointer(name)
            case .end(let result, let reason): return .end(result, reason: reason)
            case nil: return .noMatch
            }
        }
        if let excess { return .end(.permerror, reason: excess) }
        if let reason = overspent() { return .end(.temperror, reason: reason) }
        return match
    }

    /// The name that a term asks about; nil when it can match nothing.
    private mutating func name(
        _ target: SPFMacroString?, _ domain: SPFName
    ) async -> Expansion? {
        guard let target else { return .name(domain) }
        if isBeyondASCII(target) { return nil }
        let expansion = await expand(target)
        if case .name(.malformed) = expansion {
            // RFC 7208 §4.8 leaves it open: a name that cannot be asked for does not exist.
            current?.note = "No question can be made of this name."
            return nil
        }
        return expansion
    }

    /// RFC 8616 §4: a term with the sender's local part matches nothing when that has characters
    /// beyond ASCII.
    private mutating func isBeyondASCII(_ target: SPFMacroString) -> Bool {
        guard target.letters.contains(0x6C) || target.letters.contains(0x73),
            !values.localPart.utf8.allSatisfy({ $0 < 0x80 })
        else { return false }
        current?.note = "The sender's local part has letters that no name in DNS can have."
        return true
    }

    // MARK: include

    /// `include` (RFC 7208 §5.2): matches when the other record says pass.
    private mutating func include(_ target: SPFMacroString) async -> Match {
        if isBeyondASCII(target) { return .noMatch }
        let name: SPFName
        switch await expand(target) {
        case .name(let expanded): name = expanded
        case .end(let result, let reason): return .end(result, reason: reason)
        }
        var charged = current
        let finding = await run(name)
        charged?.inner = finding.trace
        current = charged
        if finding.isVoid { noteVoid() }
        if let excess { return .end(.permerror, reason: excess) }
        switch finding.result {
        case .pass: return .match
        case .fail, .softfail, .neutral: return .noMatch
        case .temperror, .permerror: return .end(finding.result, reason: finding.reason.text)
        case .none:
            return .end(
                .permerror,
                reason: "An SPF record includes “\(SPFExcerpt(name.text))”, which has none.")
        }
    }

    // MARK: a, mx, exists

    /// `a` (RFC 7208 §5.3).
    private mutating func address(
        _ name: SPFName, _ lengths: SPFRecord.PrefixLengths
    ) async -> Match {
        let answer = await ask(name, addressType)
        if let cause = failure(answer) { return unanswered(name, cause) }
        if isVoid(answer) {
            noteVoid()
            current?.note = "The name has no address."
        }
        return matches(answer, lengths) ? .match : .noMatch
    }

    /// `mx` (RFC 7208 §5.4): never the domain itself when it has no mail exchanger.
    private mutating func exchange(
        _ name: SPFName, _ lengths: SPFRecord.PrefixLengths
    ) async -> Match {
        let answer = await ask(name, .mx)
        if let cause = failure(answer) { return unanswered(name, cause) }
        if isVoid(answer) {
            noteVoid()
            current?.note = "The name has no mail exchanger."
        }
        var hosts: [(preference: UInt16, host: SPFName)] = []
        for record in answer.records {
            // RFC 7505: the root as exchanger says that there is none.
            guard case .mx(let preference, let exchange) = record.data,
                let host = SPFName(exchange)
            else { continue }
            hosts.append((preference, host))
        }
        hosts.sort { $0.preference < $1.preference }
        for (index, entry) in hosts.enumerated() {
            // RFC 7208 §4.6.4: the eleventh is not asked for, whatever the first ten were.
            guard index < policy.exchanges else {
                return .end(
                    .permerror,
                    reason: "\(name.text) has more than \(policy.exchanges) mail exchangers, "
                        + "and an SPF record may not ask for more.")
            }
            let answer = await ask(entry.host, addressType)
            if let cause = failure(answer) { return unanswered(entry.host, cause) }
            if isVoid(answer) { noteVoid() }
            guard excess == nil else { break }
            if matches(answer, lengths) { return .match }
        }
        return .noMatch
    }

    /// `exists` (RFC 7208 §5.7): always asks for A, whatever the client's family is.
    private mutating func exists(_ name: SPFName) async -> Match {
        let answer = await ask(name, .a)
        if let cause = failure(answer) { return unanswered(name, cause) }
        if isVoid(answer) { noteVoid() }
        return answer.records.isEmpty ? .noMatch : .match
    }

    private func matches(_ answer: DNSAnswer, _ lengths: SPFRecord.PrefixLengths) -> Bool {
        let client = values.client
        let length = client.isIPv4 ? lengths.ip4 : lengths.ip6
        for record in answer.records {
            switch record.data {
            case .a(let address), .aaaa(let address):
                if address == client { return true }
                guard address.isIPv4 == client.isIPv4,
                    let network = IPNetwork(address: address, prefixLength: length)
                else { continue }
                if network.contains(client) { return true }
            default: continue
            }
        }
        return false
    }

    // MARK: ptr

    /// `ptr` (RFC 7208 §5.5): one of the client's names is the domain or lies below it.
    private mutating func pointer(_ name: SPFName) async -> Match {
        let names = await validatedNames()
        return names.contains { $0.isEqualOrBelow(name) } ? .match : .noMatch
    }

    /// The names of the client that lead back to its address. A failure of DNS loses the name that
    /// it is about and no more (RFC 7208 §5.5).
    mutating func validatedNames() async -> [SPFName] {
        if let validated {
            if validated.isVoid { noteVoid() }
            return validated.names
        }
        let answer = await ask(.domain(values.client.reverseName), .ptr)
        var hasVoid = isVoid(answer)
        var names: [SPFName] = []
        var asked = 0
        for record in answer.records {
            guard case .ptr(let target) = record.data, asked < policy.pointers else { continue }
            asked += 1
            guard let name = SPFName(target) else { continue }
            let addresses = await ask(name, addressType)
            if isVoid(addresses) { hasVoid = true }
            if matches(addresses, SPFRecord.PrefixLengths()) { names.append(name) }
        }
        validated = (names, hasVoid)
        if hasVoid { noteVoid() }
        return names
    }
}
