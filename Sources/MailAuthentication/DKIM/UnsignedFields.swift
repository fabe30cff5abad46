/// What a reader sees of a header that a signature leaves open.
enum UnsignedFields {
    /// Fields that may stand once (RFC 5322 §3.6, RFC 2045 §3); a reader sees the first ones.
    private static let single: [StaticString] = [
        "subject", "to", "cc", "date", "reply-to", "sender", "from", "message-id", "in-reply-to",
        "references", "mime-version", "content-type", "content-transfer-encoding",
    ]
    private static let shownCount = 6

    /// `isSigned` says of each field whether the signature covers it.
    static func risks(
        _ fields: [RawField], isSigned: [Bool]
    ) -> [DKIMVerification.Risk] {
        var signed: UInt32 = 0
        var unsigned: UInt32 = 0
        for (position, field) in fields.enumerated() {
            guard let index = single.firstIndex(where: { field.isNamed($0) }) else { continue }
            if isSigned[position] {
                signed |= 1 &<< UInt32(index)
            } else {
                unsigned |= 1 &<< UInt32(index)
            }
        }
        var risks: [DKIMVerification.Risk] = []
        if unsigned & ~signed & (1 &<< UInt32(shownCount) &- 1) != 0 {
            risks.append(.unsignedSubject)
        }
        if unsigned & signed != 0 { risks.append(.unsignedDuplicate) }
        return risks
    }
}
