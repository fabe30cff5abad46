/// One record of the DNS: a name, and one fact of one type about it.
public struct ResourceRecord: Hashable, Sendable {
    public var name: DNSName
    public var type: RecordType
    public var recordClass: RecordClass
    /// Seconds for which the record may be kept.
    public var timeToLive: UInt32
    public var data: RecordData

    public init(
        name: DNSName, type: RecordType, recordClass: RecordClass = .internet,
        timeToLive: UInt32, data: RecordData
    ) {
        self.name = name
        self.type = type
        self.recordClass = recordClass
        self.timeToLive = timeToLive
        self.data = data
    }
}

extension ResourceRecord: CustomStringConvertible {
    /// One line of a zone file.
    public var description: String {
        "\(name)\t\(timeToLive)\t\(recordClass)\t\(type)\t\(data.presentation(as: type))"
    }
}
