internal import CPSL
public import Identities

/// The names under which anyone may register, as publicsuffix.org lists them: the legacy way to
/// find an Organizational Domain (RFC 7489 §3.2).
public struct PublicSuffixList: Sendable {
    private let context: Context

    /// The newest list on this machine: the one of Debian's publicsuffix package, or the one built
    /// into libpsl.
    public static let system = PublicSuffixList(context: Context(psl_latest(nil)))

    /// Loads a list in the format of publicsuffix.org; nil when the file cannot be read.
    public init?(file: String) {
        guard let pointer = psl_load_file(file) else { return nil }
        context = Context(pointer)
    }

    private init(context: Context) { self.context = context }

    /// The registrable domain: the public suffix and one label more. Nil for a public suffix.
    public func organizationalDomain(of name: DomainName) -> DomainName? {
        guard let pointer = context.pointer else { return name.suffix(labels: 2) }
        let registrable = name.text.withCString { text in
            psl_registrable_domain(pointer, text).map { String(cString: $0) }
        }
        return registrable.flatMap { DomainName($0) }
    }

    /// Whether anyone may register below this name. Unlisted top-level domains are suffixes.
    public func isPublicSuffix(_ name: DomainName) -> Bool {
        guard let pointer = context.pointer else { return name.labelCount == 1 }
        return psl_is_public_suffix(pointer, name.text) == 1
    }

    /// Owns libpsl's context. Unchecked: the pointer never changes, and the two look-ups that are
    /// used take the context as constant and keep their state on the stack.
    private final class Context: @unchecked Sendable {
        let pointer: OpaquePointer?
        init(_ pointer: OpaquePointer?) { self.pointer = pointer }
        deinit { psl_free(pointer) }
    }
}
