/// A connection to a mail server that let us in.
public protocol MailConnection: Sendable {
    /// Sends all of it.
    func send(_ octets: [UInt8], within time: Duration) async throws(PlaceFailure)
    /// What came next: at least one octet.
    func receive(within time: Duration) async throws(PlaceFailure) -> [UInt8]
    func close() async
}
