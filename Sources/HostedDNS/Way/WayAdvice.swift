public import DomainAnalysis
public import Identities

/// What the way to reject asks of the reports and of the DNS.
public struct WayAdvice: Sendable {
    let survey: @Sendable (DomainName) async throws -> DomainSurvey
    let risk: @Sendable (Question) async throws -> PolicyRisk

    /// What a record would have done with a domain's mail.
    public struct Question: Hashable, Sendable {
        public var domain: DomainName
        public var record: String
        /// Of the last so many days.
        public var days: Int
        /// The names below the domain whose mail is meant; nil for all mail.
        public var names: [SubdomainNames]?

        public init(
            _ domain: DomainName, _ record: String, days: Int, names: [SubdomainNames]? = nil
        ) {
            self.domain = domain
            self.record = record
            self.days = days
            self.names = names
        }
    }

    /// - Parameters:
    ///   - survey: what the DNS says of a domain now.
    ///   - risk: what a record would have done.
    public init(
        survey: @escaping @Sendable (DomainName) async throws -> DomainSurvey,
        risk: @escaping @Sendable (Question) async throws -> PolicyRisk
    ) {
        self.survey = survey
        self.risk = risk
    }
}

/// Why nothing was proposed or approved, and what to do.
public struct WayRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String

    public init(_ description: String) { self.description = description }
}

/// A record that closes a domain to forgers at once, and what may be lost by it.
public struct WayEmergency: Hashable, Sendable, Codable {
    public var survey: DomainSurvey
    public var record: String
    /// Over the last `Limits.emergencyDays` days.
    public var risk: PolicyRisk
    /// The gravest first.
    public var dangers: [String]
}
