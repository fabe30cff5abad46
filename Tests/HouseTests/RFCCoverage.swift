/// How far each standard is followed: docs/rfc-index.md says it beside the places.
///
/// What is not listed here is followed in part, as far as the places that name it need it.
enum RFCCoverage {
    static let notes: [Int: String] = [
        1952: "full (reading and writing, through zlib)",
        2045: "partial: reading",
        2046: "partial: reading",
        2047: "partial: reading",
        2231: "partial: reading",
        3597: "full",
        5322: "partial: reading",
        5891: "full (through libidn2)",
        5952: "full",
        6008: "full",
        6376: "full",
        6591: "partial: reading",
        7208: "full",
        7489: "partial: what receivers that have not changed to RFC 9989 do, and reading reports",
        8301: "full",
        8460: "partial: records, and reading reports; none are sent yet",
        8461: "partial: records and policies; policies are neither fetched nor served yet",
        8463: "full",
        8601: "full, but for adding the field to messages, which the gateway will do",
        8616: "partial: SPF and Authentication-Results",
        8617: "full",
        9989: "partial: finding policies and evaluating messages; no reports are sent yet",
        9990: "partial: reading and rendering; no reports are sent yet",
        9991: "partial: reading",
    ]

    static func text(of number: Int) -> String { notes[number] ?? "partial" }
}
