/// Examines a logo by SVG Tiny Portable/Secure (draft-svg-tiny-ps-abrotman) and names each way in
/// which it departs from that profile.
public struct SVGTinyPSValidator: Sendable {
    public init() {}

    /// Examines a file as it was fetched: SVG, or SVG compressed with gzip (RFC 6170 §5.2).
    public func validate(_ octets: [UInt8]) -> SVGValidation {
        switch SVGFile.decompressed(octets) {
        case .success(let plain): validate(plain: plain)
        case .failure(let refusal): SVGValidation(violations: [refusal.violation])
        }
    }

    func validate(plain octets: [UInt8]) -> SVGValidation {
        let file: SVGFile
        do throws(SVGFile.Refusal) {
            file = try SVGFile(plain: octets)
        } catch {
            return SVGValidation(violations: [error.violation])
        }
        let check = SVGDocumentCheck()
        if octets.count > Limits.svgRecommendedOctets {
            check.add(
                SVGViolation(
                    .largerThanRecommended,
                    reason: "The logo has \(octets.count) bytes; many mailbox providers show none"
                        + " above \(Limits.svgRecommendedOctets)."))
        }
        SVGEventReader(file.octets, check).read()
        return check.result
    }
}
