public import Identities

/// A report that the gateway owes somebody, from the end of its time until it is sent.
public struct OutgoingReport: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// A DMARC aggregate report.
        case dmarc
        /// A TLS report.
        case tls
    }

    public enum State: String, Hashable, Sendable, CaseIterable {
        /// Its time is over; it waits for its moment. Next: `composed` or `done`.
        case planned
        /// The file is made and does not change any more; its mails are on their way. Next: `done`.
        case composed
        /// Nothing is left to do: every mail was taken or given up, or nobody wanted any.
        case done
    }

    public var kind: Kind
    /// Whom it is about.
    public var domain: DomainName
    /// First and last second that it covers.
    public var begin: Int64
    public var end: Int64
    /// Chosen once, and the same whenever the report is sent again (RFC 9990 §3.5.2).
    public var reportID: String
    public var state: State
    /// When it is to be composed, or its mails tried next.
    public var dueAt: Int64
    /// When the file was made; 0 before.
    public var composedAt: Int64
    public var name: String
    public var mediaType: String
    /// Messages or sessions that it tells of.
    public var messages: Int64
    /// What a person should know, for instance why nothing was sent; empty for nothing.
    public var remark: String

    public init(
        kind: Kind, domain: DomainName, begin: Int64, end: Int64, reportID: String,
        state: State = .planned, dueAt: Int64, composedAt: Int64 = 0, name: String = "",
        mediaType: String = "", messages: Int64 = 0, remark: String = ""
    ) {
        self.kind = kind
        self.domain = domain
        self.begin = begin
        self.end = end
        self.reportID = reportID
        self.state = state
        self.dueAt = dueAt
        self.composedAt = composedAt
        self.name = name
        self.mediaType = mediaType
        self.messages = messages
        self.remark = remark
    }
}

/// One of the places that a report goes to.
public struct OutgoingReportMail: Hashable, Sendable {
    public enum State: String, Hashable, Sendable, CaseIterable {
        /// To be sent. Next: `handed`, or `refused`.
        case waiting
        /// It is being handed over; after a crash nobody knows whether it was taken. Next: `sent`,
        /// or `waiting` again.
        case handed
        /// Taken: the spool has it, or the web server said so.
        case sent
        /// Given up, or never allowed; `remark` says why.
        case refused
    }

    /// From 0, in the order of the record that asks for the reports.
    public var position: Int
    /// A mail address, or an `https:` URI.
    public var destination: String
    public var state: State
    public var attempts: Int
    public var remark: String

    public init(
        position: Int, destination: String, state: State = .waiting, attempts: Int = 0,
        remark: String = ""
    ) {
        self.position = position
        self.destination = destination
        self.state = state
        self.attempts = attempts
        self.remark = remark
    }
}
