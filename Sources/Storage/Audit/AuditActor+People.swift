extension AuditActor {
    public init(_ account: Account) { self.init(.person, id: account.id, name: account.name) }
    public init(_ token: APIToken) { self.init(.token, id: token.id, name: token.name) }
}
