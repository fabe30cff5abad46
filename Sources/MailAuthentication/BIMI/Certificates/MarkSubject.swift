import SwiftASN1
import X509

/// The subject of a mark certificate as the requirements for issuing such certificates read it.
struct MarkSubject {
    private let values: [ASN1ObjectIdentifier: String]

    init(_ name: DistinguishedName) {
        var values: [ASN1ObjectIdentifier: String] = [:]
        for part in name {
            for attribute in part {
                guard values[attribute.type] == nil, let text = String(attribute.value) else {
                    continue
                }
                values[attribute.type] = text
            }
        }
        self.values = values
    }

    /// A field of the subject by its number.
    struct Field: Sendable {
        let identifier: ASN1ObjectIdentifier
        let name: String

        init(_ name: String, _ identifier: ASN1ObjectIdentifier) {
            self.name = name
            self.identifier = identifier
        }
    }

    func text(_ field: Field) -> String? {
        guard let text = values[field.identifier], !text.isEmpty else { return nil }
        return text
    }

    var organization: String? { text(Self.organization) }
    var markType: String? { text(Self.markType) }

    /// The best name there is for a person.
    var shortName: String {
        values[[2, 5, 4, 3]] ?? values[Self.organization.identifier]
            ?? "a certificate without a name"
    }

    /// The fields that a certificate for this mark must have and has not. `notBefore` is the
    /// certificate's own: rules that came later do not hold for it.
    func missing(for type: MarkType, notBefore: Int64) -> [Field] {
        var needed = Self.always + Self.own(type)
        if type == .priorUse, notBefore >= Self.sourceRequiredSince {
            needed.append(Self.priorUseSource)
        }
        var missing = needed.filter { text($0) == nil }
        if text(Self.locality) == nil, text(Self.province) == nil { missing.append(Self.locality) }
        for (lower, upper) in Self.together where text(lower) != nil && text(upper) == nil {
            missing.append(upper)
        }
        return missing
    }

    /// The fields that belong to marks of another type.
    func foreign(to type: MarkType) -> [Field] {
        let mine = Set(Self.known(type).map(\.identifier))
        var told: Set<ASN1ObjectIdentifier> = []
        return MarkType.allCases.flatMap(Self.known).filter {
            !mine.contains($0.identifier) && text($0) != nil
                && told.insert($0.identifier).inserted
        }
    }

    /// 15 April 2025: from then on a mark in prior use names its source.
    private static let sourceRequiredSince: Int64 = 1_744_675_200

    private static let organization = Field("organizationName", [2, 5, 4, 10])
    private static let locality = Field("localityName", [2, 5, 4, 7])
    private static let province = Field("stateOrProvinceName", [2, 5, 4, 8])
    static let markType = Field("markType", [1, 3, 6, 1, 4, 1, 53087, 1, 13])
    private static let jurisdictionLocality = Field(
        "jurisdictionLocalityName", [1, 3, 6, 1, 4, 1, 311, 60, 2, 1, 1])
    private static let jurisdictionProvince = Field(
        "jurisdictionStateOrProvinceName", [1, 3, 6, 1, 4, 1, 311, 60, 2, 1, 2])
    private static let jurisdictionCountry = Field(
        "jurisdictionCountryName", [1, 3, 6, 1, 4, 1, 311, 60, 2, 1, 3])
    private static let trademarkOffice = Field(
        "trademarkOfficeName", [1, 3, 6, 1, 4, 1, 53087, 1, 2])
    private static let trademarkCountry = Field(
        "trademarkCountryOrRegionName", [1, 3, 6, 1, 4, 1, 53087, 1, 3])
    private static let trademark = Field(
        "trademarkIdentifier", [1, 3, 6, 1, 4, 1, 53087, 1, 4])
    private static let statuteCountry = Field(
        "statuteCountryName", [1, 3, 6, 1, 4, 1, 53087, 3, 2])
    private static let statuteProvince = Field(
        "statuteStateOrProvinceName", [1, 3, 6, 1, 4, 1, 53087, 3, 3])
    private static let statuteLocality = Field(
        "statuteLocalityName", [1, 3, 6, 1, 4, 1, 53087, 3, 4])
    private static let statuteCitation = Field(
        "statuteCitation", [1, 3, 6, 1, 4, 1, 53087, 3, 5])
    private static let statuteURL = Field("statuteURL", [1, 3, 6, 1, 4, 1, 53087, 3, 6])
    private static let priorUseSource = Field(
        "priorUseMarkSourceURL", [1, 3, 6, 1, 4, 1, 53087, 5, 1])

    private static let always: [Field] = [
        organization, Field("streetAddress", [2, 5, 4, 9]), Field("countryName", [2, 5, 4, 6]),
        Field("businessCategory", [2, 5, 4, 15]), Field("serialNumber", [2, 5, 4, 5]),
        jurisdictionCountry,
    ]

    /// Where the first is told, the second must be.
    private static let together: [(Field, Field)] = [
        (jurisdictionLocality, jurisdictionProvince), (statuteLocality, statuteProvince),
    ]

    /// What each type of mark needs.
    private static func own(_ type: MarkType) -> [Field] {
        switch type {
        case .registered, .modifiedRegistered: [trademarkCountry, trademark]
        case .government: [statuteCountry, statuteCitation]
        case .priorUse: []
        }
    }

    /// What each type of mark may have.
    private static func known(_ type: MarkType) -> [Field] {
        switch type {
        case .registered, .modifiedRegistered: [trademarkCountry, trademark, trademarkOffice]
        case .government:
            [statuteCountry, statuteCitation, statuteProvince, statuteLocality, statuteURL]
        case .priorUse: [priorUseSource]
        }
    }
}
