public import Identities

extension BIMISelector {
    /// Whether a signature that passed and is aligned with the author covers the BIMI-Selector
    /// field. Without that anybody on the way may have put the field in, and it should be ignored
    /// (§5.5).
    public static func isSigned(
        in message: RawMessage, by verifications: [DKIMVerification],
        organizationalDomain: DomainName
    ) -> Bool {
        let passed = verifications.filter {
            $0.result == .pass && $0.domain?.isEqualOrBelow(organizationalDomain) == true
        }
        guard !passed.isEmpty else { return false }
        return message.fields(named: "DKIM-Signature").contains { field in
            guard let list = try? TagList(parsing: field.valueOctets), let signed = list["h"],
                let signature = list["b"],
                passed.contains(where: {
                    $0.selector == list["s"]?.compactText
                        && $0.domain == list["d"].flatMap { DomainName($0.compactText) }
                        && signature.compact.starts(with: $0.signaturePrefix.utf8)
                })
            else { return false }
            return signed.compact.split(separator: Octet.colon).contains {
                $0.map(\.lowercased).elementsEqual("bimi-selector".utf8)
            }
        }
    }
}
