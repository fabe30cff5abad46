/// A message's content in the folder of incoming mail: complete and closed, not synced.
///
/// Whoever takes the message renames the file before `ReceptionPolicy.message` returns; what is
/// still there afterwards is deleted.
public struct ContentFile: Hashable, Sendable {
    public var path: String
    /// Octets.
    public var count: Int

    public init(path: String, count: Int) {
        self.path = path
        self.count = count
    }
}
