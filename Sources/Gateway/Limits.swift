/// What the gateway takes at most. Each value has a test that hits it.
public enum Limits {
    /// `Received` fields after which a message goes round in a circle (RFC 5321 §6.3 asks for 100
    /// at least before a loop is assumed by count alone; Postfix takes 50).
    public static let receivedFields = 100
    /// Clients, networks and domains that a limiter remembers at once.
    public static let rememberedClients = 65_536
    /// Answers about recipients and sender domains that are kept.
    public static let rememberedAnswers = 65_536
    /// DNS lists asked about one client.
    public static let lists = 32
    /// Octets of the name given with HELO that go into `Received`.
    public static let heloOctets = 255
}
