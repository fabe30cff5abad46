import DNS
import Gateway
import Identities
import MailAuthentication
import SMTPClient
import Synchronization
import Testing

@Suite struct `MTA-STS policies` {
    private let lookup = TableLookup()
    private static let day: Int64 = 86_400_000

    /// A policy's web host that counts, and fails when told to.
    private final class Host: Sendable {
        private struct State {
            var text = Host.policy("enforce")
            var fails = false
            var count = 0
        }

        private let state = Mutex(State())

        static func policy(_ mode: String, maxAge: Int = 604_800) -> String {
            "version: STSv1\nmode: \(mode)\nmx: mx.example.com\nmax_age: \(maxAge)\n"
        }

        var count: Int { state.withLock { $0.count } }
        func set(_ text: String) { state.withLock { $0.text = text } }
        func set(fails: Bool) { state.withLock { $0.fails = fails } }

        func fetch(_ domain: DomainName, _ url: String) async -> MTASTSPolicyFetch {
            #expect(url == "https://mta-sts.\(domain)/.well-known/mta-sts.txt")
            await Task.yield()
            return state.withLock { state in
                state.count += 1
                return state.fails
                    ? .failure(.stsWebPKIInvalid, text: "The certificate has expired.")
                    : .body(Array(state.text.utf8))
            }
        }
    }

    private let host = Host()

    private func announce(_ id: String?) {
        lookup.set(
            "_mta-sts.example.com", .txt, id.map { [.text("v=STSv1; id=\($0)")] } ?? [])
    }

    private func cache(_ entries: [MTASTSCache.Entry] = []) -> MTASTSCache {
        let host = host
        return MTASTSCache(
            lookup: lookup, entries: entries, fetch: { await host.fetch($0, $1) })
    }

    private func mode(_ cache: MTASTSCache, _ now: Int64) async throws -> String? {
        await cache.policy(for: try domain("example.com"), now: now).policy?.mode.rawValue
    }

    @Test func `are fetched once, and again when their id changes`() async throws {
        let cache = cache()
        announce("1")
        for now in [0, 1_000, Self.day / 2] {
            #expect(try await mode(cache, Int64(now)) == "enforce")
        }
        #expect(host.count == 1)
        host.set(Host.policy("testing"))
        announce("2")
        #expect(try await mode(cache, Self.day / 2) == "testing")
        #expect(host.count == 2)
    }

    @Test func `are refreshed each day, long before they end`() async throws {
        let cache = cache()
        announce("1")
        _ = try await mode(cache, 0)
        _ = try await mode(cache, Self.day + 1)
        #expect(host.count == 2)
        // When that fails the old one counts on.
        host.set(fails: true)
        #expect(try await mode(cache, 3 * Self.day) == "enforce")
        #expect(host.count == 3)
    }

    @Test func `count until their own end, whoever hides record or host`() async throws {
        let cache = cache()
        announce("1")
        _ = try await mode(cache, 0)
        announce(nil)
        host.set(fails: true)
        #expect(try await mode(cache, 6 * Self.day) == "enforce")
        lookup.fail("_mta-sts.example.com", .txt)
        #expect(try await mode(cache, 6 * Self.day) == "enforce")
        announce("2")
        #expect(try await mode(cache, 6 * Self.day) == "enforce")
        #expect(try await mode(cache, 7 * Self.day + 1) == nil)
    }

    @Test func `outlive a restart`() async throws {
        let saved = Mutex<[MTASTSCache.Entry]>([])
        let host = host
        announce("1")
        let first = MTASTSCache(
            lookup: lookup, fetch: { await host.fetch($0, $1) },
            save: { entry in saved.withLock { $0.append(entry) } })
        _ = try await mode(first, 0)
        #expect(saved.withLock { $0.count } == 1)
        host.set(fails: true)
        announce(nil)
        #expect(try await mode(cache(saved.withLock { $0 }), Self.day) == "enforce")
    }

    @Test func `are not asked for again and again while their host fails`() async throws {
        let cache = cache()
        announce("1")
        host.set(fails: true)
        let seconds = Gateway.Limits.policyRetrySeconds
        for now in stride(from: Int64(0), to: seconds * 1_000, by: 10_000) {
            let found = await cache.policy(for: try domain("example.com"), now: now)
            #expect(found.policy == nil)
            #expect(found.observations.map(\.result) == [.stsWebPKIInvalid])
        }
        #expect(host.count == 1)
        _ = try await mode(cache, seconds * 1_000)
        #expect(host.count == 2)
    }

    @Test func `that cannot be read are none, and are reported`() async throws {
        announce("1")
        host.set("<html>")
        let found = await cache().policy(for: try domain("example.com"), now: 0)
        #expect(found.policy == nil)
        #expect(found.observations.map(\.result) == [.stsPolicyInvalid])
    }

    @Test func `are fetched once for many who ask at one time`() async throws {
        let cache = cache()
        announce("1")
        let name = try domain("example.com")
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<50 {
                group.addTask { await cache.policy(for: name, now: 0).policy != nil }
            }
            for await isThere in group { #expect(isThere) }
        }
        #expect(host.count == 1)
    }

    @Test func `are remembered up to a bound`() async throws {
        var entries: [MTASTSCache.Entry] = []
        for index in 0..<(Gateway.Limits.rememberedPolicies + 5) {
            entries.append(
                MTASTSCache.Entry(
                    domain: try domain("d\(index).example"), id: "1",
                    text: Array(Host.policy("enforce").utf8), fetchedAt: Int64(index)))
        }
        let cache = cache(entries)
        #expect(cache.count(at: 10_000_000) == Gateway.Limits.rememberedPolicies)
        announce("1")
        #expect(try await mode(cache, 10_000_000) == "enforce")
        #expect(cache.count(at: 10_000_000) == Gateway.Limits.rememberedPolicies)
    }
}
