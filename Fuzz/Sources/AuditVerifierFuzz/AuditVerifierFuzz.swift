// Beside this file lie links to the files that it feeds.

/// An exported audit log may hold anything: it is judged without a crash; and whatever is done to
/// the lines of a real one is told.
///
/// With an even first octet the rest is a file. With an odd one, the rest makes a chain, and then
/// edits of it.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: size))
    guard let mode = bytes.first else { return 0 }
    var input = bytes[1...]
    if mode.isMultiple(of: 2) {
        let lines = input.split(separator: 0x0A, omittingEmptySubsequences: false)
        judge(lines.map(Array.init), head: nil)
        return 0
    }
    let entries = chain(&input)
    let original = entries.map { Array($0.line.utf8) }
    let head = entries.last.map { AuditHead(sequence: $0.sequence, digest: $0.digest) }
    var lines = original
    while let act = input.popFirst(), !lines.isEmpty { edit(&lines, act, &input) }
    let isIntact = judge(lines, head: head)
    precondition(isIntact == (lines == original), "an edit was not told, or told where none was")
    return 0
}

@discardableResult
private func judge(_ lines: [[UInt8]], head: AuditHead?) -> Bool {
    var verifier = AuditVerifier(most: 200)
    for line in lines { verifier.feed(line) }
    let verdict = verifier.verdict(head: head)
    precondition(verdict.lines == lines.count)
    precondition(verdict.findings.count <= AuditLimits.findings)
    return verdict.isIntact
}

private func chain(_ input: inout ArraySlice<UInt8>) -> [AuditEntry] {
    var entries: [AuditEntry] = []
    var previous = AuditEntry.beginning
    for number in 1...Int64((input.popFirst() ?? 0) % 12 + 1) {
        let length = Int((input.popFirst() ?? 0) % 16)
        let subject = String(decoding: input.prefix(length), as: UTF8.self)
        input = input.dropFirst(length)
        let entry = AuditEntry(
            AuditChange(
                by: AuditActor(.person, id: length > 8 ? 7 : nil, name: subject), "sender.note",
                subject, before: length > 4 ? subject : nil),
            organisation: .first, sequence: number, at: 1_700_000_000 + number,
            previous: previous)
        previous = entry.digest
        entries.append(entry)
    }
    return entries
}

private func edit(_ lines: inout [[UInt8]], _ act: UInt8, _ input: inout ArraySlice<UInt8>) {
    let place = Int(input.popFirst() ?? 0) % lines.count
    let other = Int(input.popFirst() ?? 0)
    switch act % 5 {
    case 0: lines.remove(at: place)
    case 1: lines.swapAt(place, other % lines.count)
    case 2: lines.insert(lines[place], at: other % (lines.count + 1))
    case 3:
        guard !lines[place].isEmpty else { return }
        lines[place][other % lines[place].count] = input.popFirst() ?? 0x30
    default: lines[place].insert(input.popFirst() ?? 0x20, at: other % (lines[place].count + 1))
    }
}
