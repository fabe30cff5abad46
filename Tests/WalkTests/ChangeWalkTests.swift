import FoundationEssentials
import Glibc
import TestSupport
import Testing

/// `sealgate change` as a person types it, against a real Knot.
@Suite(.serialized)
struct ChangeWalkTests {
    @Test func `a change is proposed, exported, made, watched and taken back`() throws {
        try withScratchFolder { folder in
            let server = try KnotPrimary(folder)
            let port = server.port
            func run(_ words: [String], _ more: [String] = []) throws -> Program.Outcome {
                try Program.run(
                    ["change"] + words + [
                        "--data", folder + "/data", "--resolver", "127.0.0.1:\(port)",
                        "--port", String(port), "--tsig-keys", folder + "/keys",
                        "--primary", "example.test=127.0.0.1:\(port)#changer",
                    ] + more)
            }
            let proposed = try run([
                "propose", "--domain", "example.test", "--name", "_dmarc.example.test",
                "--remove", "v=DMARC1; p=none", "--add", "v=DMARC1; p=reject",
            ])
            #expect(proposed.status == 0, "\(proposed.errors)")
            #expect(proposed.output.contains("  - \"v=DMARC1; p=none\""))
            #expect(proposed.output.contains("  + \"v=DMARC1; p=reject\""))
            #expect(proposed.output.contains("change apply 1 --confirm example.test"))
            for (format, words) in [
                ("zone", "_dmarc.example.test.\t300\tIN\tTXT\t\"v=DMARC1; p=reject\""),
                ("terraform", "dns_txt_record_set"), ("json", "\"before\""),
                ("domain-connect", "/apply?domain=example.test"),
                ("terraform-cloudflare", "cloudflare_dns_record"),
                ("terraform-route53", "aws_route53_record"), ("text", "proposed, and not made yet"),
            ] {
                let shown = try run(["show", "1", "--format", format])
                #expect(shown.status == 0 && shown.output.contains(words), "\(format)")
                #expect(!(shown.output + shown.errors).contains(KnotPrimary.secret))
            }
            let asked = try run(["apply", "1"])
            #expect(asked.status == 1 && asked.errors.contains("type the domain's name"))
            let made = try run(["apply", "1", "--confirm", "example.test", "--person", "Ada"])
            #expect(made.status == 0 && made.output.contains("has made the change"), "\(made)")
            let watched = try run(["watch", "--at-most", "0"])
            #expect(watched.output.contains("in force"), "\(watched)")
            let undone = try run(["undo", "1", "--confirm", "example.test"])
            #expect(undone.status == 0, "\(undone)")
            let closed = try run(["propose", "--domain", "example.test", "--lock-down"])
            #expect(closed.status == 0 && closed.output.contains("v=spf1 -all"), "\(closed)")
            #expect(try run(["apply", "3"]).status == 0)
            let list = try Program.run(["change", "list", "--data", folder + "/data"])
            for words in ["taken back", "replaced by a later change", "in force"] {
                #expect(list.output.contains(words), "\(words): \(list.output)")
            }
            let wrong = try run(["propose", "--domain", "example.test"])
            #expect(wrong.status == 64)
            let keyless = try Program.run([
                "change", "apply", "1", "--data", folder + "/data", "--tsig-keys", folder + "/none",
            ])
            #expect(keyless.status == 1 && keyless.errors.contains("cannot be read"))
            withExtendedLifetime(server) {}
        }
    }
}
