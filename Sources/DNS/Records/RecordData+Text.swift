extension RecordData {
    /// Reads the data of one record in the form of a zone file; names count as absolute.
    ///
    /// - Throws: when the text is no data of the type, or holds more than one line of it.
    public init(type: RecordType, presentation text: String) throws(ZoneFileError) {
        guard !text.utf8.contains(where: { $0 == 0x0A || $0 == 0x0D }) else {
            throw ZoneFileError(line: 1, reason: "the data goes over more than one line")
        }
        var reader = ZoneFileReader(Array(". 0 IN \(type) \(text)".utf8), origin: .root)
        guard let record = try reader.next(), record.type == type, try reader.next() == nil else {
            throw ZoneFileError(line: 1, reason: "the data is not of the type \(type)")
        }
        self = record.data
    }
}
