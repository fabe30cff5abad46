import Console
import ReportConsumer

extension House {
    /// Reports over HTTP, once somebody knows tokens.
    ///
    /// - Parameter holder: who a token with the right to hand in reports was given to; nil for any
    ///   other token.
    func reportPush(
        holder: @escaping @Sendable (_ token: String) async throws -> String?
    ) -> ReportPush {
        let intake = intake
        return ReportPush(holder: holder) { bytes, holder in
            try await intake.accept(
                bytes, name: "handed in by \(holder)", door: "api",
                origin: ReportOrigin(.token, name: holder))
        }
    }
}
