/// Reads the text of an MTA-STS policy (RFC 8461 §3.2): what it must have decides, all else is
/// noted.
public enum MTASTSPolicyParser {
    /// Reads the body of the answer as it was fetched.
    public static func parse(
        _ body: some Sequence<UInt8>
    ) throws(MTASTSPolicyError) -> MTASTSPolicy {
        let octets = Array(body.prefix(Limits.mtaSTSPolicyOctets + 1))
        guard octets.count <= Limits.mtaSTSPolicyOctets else {
            throw MTASTSPolicyError(
                .tooLong, "The policy is longer than \(Limits.mtaSTSPolicyOctets) octets.")
        }
        var reader = MTASTSPolicyReader(octets)
        try reader.read()
        return try reader.policy()
    }

    /// Reads a policy that is text already.
    public static func parse(_ text: String) throws(MTASTSPolicyError) -> MTASTSPolicy {
        try parse(text.utf8)
    }
}
