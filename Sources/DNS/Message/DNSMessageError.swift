/// Why a message of the DNS cannot be read.
public struct DNSMessageError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Fault: String, Hashable, Sendable {
        case truncated = "the message ends too early"
        case trailingOctets = "octets follow the last record"
        case badLabel = "a label has a type that does not exist"
        case badPointer = "a compression pointer does not point to an earlier name"
        case longName = "a name is longer than 255 octets"
        case badRecordData = "the data of a record does not fit its type"
        case tooManyQuestions = "the message asks too many questions"
        case badOption = "the EDNS record is malformed or stands twice"
        case badUpdate = "a record of the update has a form that updates do not have"
        case badSignature = "the signature record is malformed, or is not the last record"
        case tooLong = "the message is longer than 65,535 octets"
    }

    public let fault: Fault
    /// Octets from the start of the message to the fault.
    public let offset: Int

    public var description: String { "\(fault.rawValue) (at octet \(offset))" }
}
