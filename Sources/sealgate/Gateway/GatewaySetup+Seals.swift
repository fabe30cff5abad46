import FoundationEssentials
import Gateway
import Identities
import MailAuthentication

/// Keys and changes, read at the start: what cannot be used is told before a door is opened.
extension GatewaySetup {
    func changes() throws -> MessageChanger.Options {
        var options = MessageChanger.Options()
        // The settings took it already.
        options.subjectTag = settings.gateway.subjectTag.flatMap { SubjectTag($0) }
        guard let path = settings.gateway.banner else { return options }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw PlainError(
                "The banner \(path) cannot be read. Name another file with --banner.")
        }
        guard data.count <= Gateway.Limits.bannerOctets,
            let text = String(validating: data, as: UTF8.self), let banner = Banner(text)
        else {
            throw PlainError(
                "The banner \(path) is no sentence: it must be plain text in UTF-8, not empty, of "
                    + "at most \(Gateway.Limits.bannerOctets >> 10) KiB.")
        }
        options.banner = banner
        return options
    }

    func seals() throws -> SealOptions {
        var options = SealOptions()
        let gateway = settings.gateway
        for (domain, places) in try Self.byDomain(gateway.signing, "gateway.sign") {
            options.signers[domain] = try places.map {
                DKIMSigner(domain: domain, selector: $0.selector, key: try Self.key($0))
            }
        }
        for (domain, places) in try Self.byDomain(gateway.chainSigning, "gateway.sign-dkim2") {
            let keys = try places.map {
                DKIM2Signer.Key(selector: $0.selector, key: try Self.key($0))
            }
            do {
                options.chainSigners[domain] = try DKIM2Signer(domain: domain, keys: keys)
            } catch {
                throw PlainError("gateway.sign-dkim2 for \(domain): \(error.reason)")
            }
        }
        options.arc = try gateway.sealing.map {
            ARCSealer(domain: $0.domain, selector: $0.selector, key: try Self.key($0))
        }
        return options
    }

    private static func byDomain(
        _ places: [SigningKeyPlace], _ option: String
    ) throws -> [DomainName: [SigningKeyPlace]] {
        let groups = Dictionary(grouping: places, by: \.domain)
        for (domain, keys) in groups {
            guard keys.count <= Gateway.Limits.signersPerDomain else {
                throw PlainError(
                    "\(option) has \(keys.count) keys for \(domain); at most "
                        + "\(Gateway.Limits.signersPerDomain) sign for a domain.")
            }
            guard Set(keys.map { $0.selector.lowercased() }).count == keys.count else {
                throw PlainError("\(option) has a selector of \(domain) twice; keep one.")
            }
        }
        return groups
    }

    private static func key(_ place: SigningKeyPlace) throws -> SigningKey {
        guard let text = try? String(contentsOfFile: place.path, encoding: .utf8) else {
            throw PlainError(
                "The key \(place.path) for \(place.domain) cannot be read. sealgate key makes one.")
        }
        do {
            return try SigningKey(pem: text)
        } catch {
            throw PlainError(
                "The key \(place.path) for \(place.domain) cannot be used. \(error.reason)")
        }
    }
}
