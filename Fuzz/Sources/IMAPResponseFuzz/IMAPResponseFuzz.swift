// Beside this file lie links to the files that it feeds.

/// A mail server may say anything, in any pieces: what is read is the same whatever the pieces,
/// every bound holds, and no folder's name becomes a command.
///
/// The first octet says how the octets are cut; the rest is what the server says.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: size))
    guard let cut = bytes.first else { return 0 }
    let octets = Array(bytes.dropFirst())
    let whole = read([octets])
    var pieces: [[UInt8]] = []
    var start = 0
    var step = Int(cut)
    while start < octets.count {
        step = (step &* 29 &+ 7) & 0xFF
        let end = min(octets.count, start + 1 + (cut == 0 ? 0 : step))
        pieces.append(Array(octets[start..<end]))
        start = end
    }
    let slow = read(pieces)
    precondition(whole.responses == slow.responses, "the pieces make a difference")
    precondition(whole.failure == slow.failure, "the pieces make a difference to the failure")
    for response in whole.responses { interpret(response) }
    name(String(decoding: octets, as: UTF8.self))
    return 0
}

private let limits: PlaceLimits = {
    var limits = PlaceLimits()
    limits.messageBytes = 4_096
    limits.lineBytes = 2_048
    limits.answerPieces = 8
    return limits
}()

private func read(
    _ pieces: [[UInt8]]
) -> (responses: [IMAPResponse], failure: PlaceFailure?) {
    var reader = IMAPResponseReader(limits: limits)
    var responses: [IMAPResponse] = []
    for piece in pieces {
        reader.feed(piece)
        do throws(PlaceFailure) {
            while let response = try reader.next() { responses.append(response) }
        } catch {
            return (responses, error)
        }
    }
    return (responses, nil)
}

private func interpret(_ response: IMAPResponse) {
    precondition(response.pieces.count <= limits.answerPieces)
    var text = 0
    for piece in response.pieces {
        switch piece {
        case .text(let octets):
            precondition(!octets.contains(0x0A))
            text += octets.count
        case .literal(let octets): precondition(octets.count <= limits.messageBytes + 1)
        }
    }
    precondition(text <= limits.lineBytes)
    _ = response.status(of: "a1")
    _ = response.numbered
    _ = response.untagged("SEARCH")
    _ = response.code("UIDVALIDITY")
    if let values = IMAPValue.read(response) { precondition(depth(.list(values)) <= 10) }
    for (_, value) in IMAPValue.fetched(response) ?? [:] {
        _ = value.number
        _ = value.octets
    }
}

private func depth(_ value: IMAPValue) -> Int {
    guard case .list(let values) = value else { return 0 }
    return 1 + (values.map(depth).max() ?? 0)
}

/// What is sent as a name stays between its quotes and on its line.
private func name(_ text: String) {
    guard let quoted = IMAPText.folder(text) else { return }
    let octets = Array(quoted.utf8)
    precondition(octets.allSatisfy { (0x20...0x7E).contains($0) })
    precondition(octets.count >= 2 && octets.first == 0x22 && octets.last == 0x22)
    var isEscaped = false
    for octet in octets.dropFirst().dropLast() {
        precondition(isEscaped || octet != 0x22, "a name ends its quotes")
        isEscaped = !isEscaped && octet == 0x5C
    }
    precondition(!isEscaped, "a name escapes its last quote")
}
