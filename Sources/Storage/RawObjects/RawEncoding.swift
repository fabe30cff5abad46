/// How the bytes of a raw object are kept.
public enum RawEncoding: String, Sendable {
    /// As they came: they are compressed already.
    case plain
    /// Compressed by us.
    case gzip

    /// What suits bytes that begin so: a second compression gains nothing.
    public init(suiting firstBytes: some Collection<UInt8>) {
        switch (firstBytes.first, firstBytes.dropFirst().first) {
        case (0x1F, 0x8B), (0x50, 0x4B): self = .plain
        default: self = .gzip
        }
    }
}
