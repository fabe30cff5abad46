/// How a hop that changed a message writes down what it changed.
extension MessageRecipe {
    /// The recipe that restores `former` from `present`.
    ///
    /// - Parameter losingBody: the body's former state is declared lost instead of written down.
    init(
        restoring former: RawMessage, from present: RawMessage, losingBody: Bool
    ) throws(DKIM2Fault) {
        fields = [:]
        let formerValues = InstanceHeader(former.fields).values()
        let presentValues = InstanceHeader(present.fields).values()
        for name in Set(formerValues.keys).union(presentValues.keys) {
            let old = formerValues[name] ?? []
            let new = presentValues[name] ?? []
            guard old != new else { continue }
            guard let steps = Self.steps(restoring: old, from: new) else {
                throw DKIM2Fault(
                    "The former \(name) field has octets that a recipe cannot hold (no UTF-8, or "
                        + "bare line ends).")
            }
            fields[name] = steps
        }
        let isSameBody =
            present.bodyHash(.simple, .sha256, limit: nil).digest
            == former.bodyHash(.simple, .sha256, limit: nil).digest
        if isSameBody {
            body = .unchanged
        } else if losingBody {
            body = .lost
        } else {
            guard let old = former.bodyLines, let new = present.bodyLines else {
                throw DKIM2Fault(
                    "The body has more than \(Limits.dkim2ComparedBodyOctets) octets and is not "
                        + "compared line by line.")
            }
            guard let steps = Self.steps(restoring: old, from: new) else {
                throw DKIM2Fault(
                    "The former body has octets that a recipe cannot hold (no UTF-8, or bare line "
                        + "ends).")
            }
            body = .steps(steps)
        }
    }

    private static func steps<Line: Collection<UInt8> & Hashable>(
        restoring former: [Line], from present: [Line]
    ) -> [Step]? {
        var steps: [Step] = []
        for run in LineDifference(present: present, former: former).runs {
            switch run {
            case .copy(let range): steps.append(.copy(range))
            case .text(let range):
                var lines: [String] = []
                for line in former[range] {
                    guard
                        !line.contains(where: {
                            $0 == Octet.carriageReturn || $0 == Octet.lineFeed
                        }), let text = String(validating: line, as: UTF8.self)
                    else { return nil }
                    lines.append(text)
                }
                steps.append(.text(lines))
            }
        }
        return steps
    }
}

extension RawMessage {
    /// The lines of the body without their ends, as recipes count them; nil when it is too large.
    fileprivate var bodyLines: [ArraySlice<UInt8>]? {
        guard body.count <= Limits.dkim2ComparedBodyOctets else { return nil }
        var octets: [UInt8] = []
        octets.reserveCapacity(body.count)
        body.forEachPiece { octets.append(contentsOf: $0) }
        var lines: [ArraySlice<UInt8>] = []
        var reader = BodyLineReader(lineEnds)
        var start = 0
        while start < octets.count {
            let end = octets.withUnsafeBytes {
                reader.skip($0, from: start, toLine: lines.count + 1)
            }
            var line = octets[start..<end]
            if !reader.isInLine {
                line.removeLast()
                if line.last == Octet.carriageReturn { line.removeLast() }
            }
            lines.append(line)
            start = end
        }
        return lines
    }
}
