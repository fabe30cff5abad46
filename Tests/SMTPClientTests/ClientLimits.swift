import SMTPClient

/// The client's limits under a name that is not every room's.
typealias ClientLimits = Limits
