/// Reads Authentication-Results as receivers have written them since RFC 5451, tolerantly and in
/// linear time.
public enum AuthenticationResultsParser {
    /// Reads the value of a field, folds and all.
    public static func parse(_ value: some Sequence<UInt8>) -> AuthenticationResults {
        var reader = AuthenticationResultsReader(value)
        reader.read()
        return reader.results
    }

    /// Reads the value of a field.
    public static func parse(_ value: String) -> AuthenticationResults {
        parse(value.utf8)
    }

    /// Reads a field of any name.
    public static func parse(_ field: RawField) -> AuthenticationResults {
        parse(field.valueOctets)
    }

    /// Reads the value of an ARC-Authentication-Results field, which begins with its instance
    /// (RFC 8617 §4.1.1); nil when it does not.
    public static func parse(
        arcAuthenticationResults value: some Sequence<UInt8>
    ) -> (instance: Int, results: AuthenticationResults)? {
        var reader = AuthenticationResultsReader(value)
        guard let instance = reader.takeInstance() else { return nil }
        reader.read()
        return (instance, reader.results)
    }
}
