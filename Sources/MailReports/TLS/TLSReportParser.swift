/// Reads a TLS report (RFC 8460 §4.4); every departure that was read all the same is a repair.
public struct TLSReportParser: Sendable {
    public var path: String
    public var limits: TLSReportLimits

    public init(path: String, limits: TLSReportLimits = TLSReportLimits()) {
        self.path = path
        self.limits = limits
    }

    /// The report in a JSON text.
    public func parse(_ bytes: [UInt8]) throws(ReportRefusal) -> TLSReport {
        let value: JSONValue
        let repairs: RepairTally
        do {
            (value, repairs) = try JSONReader.read(bytes, limits: limits)
        } catch {
            throw ReportRefusal(
                error.isLimit ? .tooManyElements : .invalidJSON, path: path, offset: error.offset,
                error.isLimit
                    ? "The document is no believable report: \(error.reason)."
                    : "The JSON cannot be read at byte \(error.offset): \(error.reason). Ask for "
                        + "the report again, or check how it was saved.")
        }
        var reader = TLSReportFields(path: path, limits: limits, repairs: repairs)
        return try reader.report(value)
    }
}
