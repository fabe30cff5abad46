public import ArgumentParser
import DNS
import FoundationEssentials
public import Identities
import MailAuthentication

extension IPAddress: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}

/// Who handed the message over, as the SMTP session showed it.
struct EnvelopeOptions: ParsableArguments {
    @Option(help: "Address of the client that handed the mail over.")
    var clientIp: IPAddress?

    @Option(help: "Name that it gave in HELO or EHLO.")
    var helo = ""

    @Option(help: "Address of MAIL FROM, without angle brackets; empty for the null sender.")
    var mailFrom = ""

    /// As given, without the brackets that a person may copy along.
    var sender: String {
        mailFrom.hasPrefix("<") && mailFrom.hasSuffix(">")
            ? String(mailFrom.dropFirst().dropLast()) : mailFrom
    }
}

/// Where answers come from, and what time it is.
struct EvaluationOptions: ParsableArguments {
    @Option(help: "Zone file to answer from instead of a resolver: nothing leaves this machine.")
    var dns: String?

    @OptionGroup var resolver: ResolverOptions
    @OptionGroup var file: ConfigurationOptions

    @Option(help: "Time to judge by, as in 2026-05-01T12:00:00Z; now without it.")
    var now: String?

    /// Seconds since 1970.
    var time: Int64 {
        get throws {
            guard let now else { return clock() }
            guard let date = try? Date(now, strategy: .iso8601) else {
                throw ValidationError("--now wants a time as 2026-05-01T12:00:00Z, not \"\(now)\".")
            }
            return Int64(date.timeIntervalSince1970)
        }
    }

    func withAnswers<Value>(_ body: (any DNSLookup) async throws -> Value) async throws -> Value {
        if let dns { return try await body(try zoneLookup(dns)) }
        let settings = try await Settings.load(config: file.config, [resolver])
        return try await withLookup(settings) { try await body($0 ?? NoLookup()) }
    }
}

/// The key that signs.
struct SigningOptions: ParsableArguments {
    @Option(help: "Domain that signs (d=).") var domain: DomainName
    @Option(help: "Selector under which the public key is published (s=).") var selector: String
    @Option(help: "File with the private key (PEM).") var key: String

    var signingKey: SigningKey {
        get throws {
            guard let text = try? String(contentsOfFile: key, encoding: .utf8) else {
                throw PlainError("The key file \(key) cannot be read.")
            }
            do {
                return try SigningKey(pem: text)
            } catch {
                throw PlainError("The key in \(key) cannot be used: \(error.reason)")
            }
        }
    }
}

/// How a result is printed.
enum ResultFormat: String, ExpressibleByArgument, CaseIterable {
    case text, json
    /// Only the result, for scripts.
    case word
}
