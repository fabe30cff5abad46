internal import Identities

/// The path of MAIL FROM or RCPT TO as it stands in a command (RFC 5321 §4.1.2).
struct SMTPPath {
    /// Why a path cannot be taken.
    enum Fault: Error {
        case syntax
        case tooLong
    }

    /// Nil for `<>` and for a local part alone.
    var mailbox: Mailbox?
    /// `<postmaster>` without a domain, in any case.
    var isPostmaster = false
    /// `<>`.
    var isNull = false
    /// Whether it has octets beyond ASCII, and needs SMTPUTF8 (RFC 6531 §3.3).
    var isInternational = false

    /// Reads a path from `index` on, which is left after it: behind `>`, or at the space behind an
    /// address without angle brackets, as old clients send it.
    init(_ line: ArraySlice<UInt8>, _ index: inout Int) throws(Fault) {
        while index < line.endIndex, line[index] == Octets.space { index += 1 }
        guard index < line.endIndex else { throw .syntax }
        let isBracketed = line[index] == Octets.less
        if isBracketed { index += 1 }
        let end = try Self.end(line, index, isBracketed: isBracketed)
        guard end - index <= Limits.pathOctets else { throw .tooLong }
        let path = line[index..<end]
        index = isBracketed ? end + 1 : end
        isInternational = !path.allSatisfy { $0 < 0x80 }
        if path.isEmpty, isBracketed {
            isNull = true
        } else if Octets.equal(path, "POSTMASTER") {
            isPostmaster = true
        } else {
            mailbox = try Self.mailbox(Self.withoutRoute(path))
        }
    }

    /// Where the path ends: at `>` outside quotes, or at a space.
    private static func end(
        _ line: ArraySlice<UInt8>, _ start: Int, isBracketed: Bool
    ) throws(Fault) -> Int {
        var isQuoted = false
        var index = start
        while index < line.endIndex {
            let octet = line[index]
            if octet == Octets.backslash, isQuoted {
                index += 1
            } else if octet == Octets.quote {
                isQuoted.toggle()
            } else if !isQuoted {
                if isBracketed, octet == Octets.greater { return index }
                if octet == Octets.space || octet == Octets.less || octet == Octets.greater {
                    if isBracketed || octet != Octets.space { throw .syntax }
                    return index
                }
            }
            index += 1
        }
        guard !isBracketed, !isQuoted, index == line.endIndex else { throw .syntax }
        return index
    }

    /// RFC 5321 §4.1.1.3 and appendix C: a source route is taken and ignored.
    private static func withoutRoute(_ path: ArraySlice<UInt8>) throws(Fault) -> ArraySlice<UInt8> {
        guard path.first == Octets.at else { return path }
        guard let colon = path.firstIndex(of: Octets.colon) else { throw .syntax }
        for hop in path[..<colon].split(separator: Octets.comma, omittingEmptySubsequences: false) {
            guard hop.first == Octets.at, DomainName(utf8: hop.dropFirst()) != nil else {
                throw .syntax
            }
        }
        return path[(colon + 1)...]
    }

    private static func mailbox(_ path: ArraySlice<UInt8>) throws(Fault) -> Mailbox {
        guard let first = path.first else { throw .syntax }
        var index = path.startIndex
        var local: [UInt8] = []
        if first == Octets.quote {
            index += 1
            while index < path.endIndex, path[index] != Octets.quote {
                if path[index] == Octets.backslash { index += 1 }
                guard index < path.endIndex, !Octets.isControl(path[index]) else { throw .syntax }
                local.append(path[index])
                index += 1
            }
            index += 1
        } else {
            // Dots anywhere: addresses that the grammar forbids are in use.
            while index < path.endIndex,
                path[index] == Octets.dot || LocalPart.isAtomText(path[index])
            {
                index += 1
            }
            local = Array(path[..<index])
        }
        guard index < path.endIndex, path[index] == Octets.at else { throw .syntax }
        guard local.count <= Limits.localPartOctets else { throw .tooLong }
        guard let text = String(validating: local, as: UTF8.self),
            let host = MailHost(path[(index + 1)...]),
            let mailbox = Mailbox(localPart: text, host: host)
        else { throw .syntax }
        return mailbox
    }
}

extension MailHost {
    /// A domain or an address literal, `[192.0.2.1]`, `[IPv6:2001:db8::1]` (RFC 5321 §4.1.3).
    init?(_ octets: ArraySlice<UInt8>) {
        guard octets.first == Octets.leftBracket else {
            guard let name = DomainName(utf8: octets) else { return nil }
            self = .domain(name)
            return
        }
        guard octets.last == Octets.rightBracket, octets.count > 2 else { return nil }
        var inner = octets.dropFirst().dropLast()
        let isTagged = Octets.equal(inner.prefix(5), "IPV6:")
        if isTagged { inner = inner.dropFirst(5) }
        guard let address = IPAddress(String(decoding: inner, as: UTF8.self)),
            isTagged == inner.contains(Octets.colon)
        else { return nil }
        self = .address(address)
    }
}
