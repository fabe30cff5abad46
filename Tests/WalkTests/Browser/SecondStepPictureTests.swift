import FoundationEssentials
import TestSupport
import Testing

/// The picture with which a device is set up, on the page in a real browser, before the eyes of a
/// real reader.
@Suite(.serialized)
struct SecondStepPictureTests {
    @Test("a camera reads the secret from the page, light and dark, wide and narrow")
    func picture() throws {
        try withScratchFolder { folder in
            let console = try DemonstrationConsole(folder: folder)
            let browser = try Chromium(profile: folder + "/profile")
            try browser.look(width: 1_280, height: 900, isDark: false)
            try browser.open(console.firstLink)
            try browser.run(PageScripts.account)
            try browser.submit("#first")
            try browser.open(console.address + "/account")
            try keep(browser, "account-off")
            try browser.submit("form[action=\"/account/second-step/begin\"]")
            // The page says the same in letters.
            let address = try #require(
                try browser.run(
                    "[...document.querySelectorAll('code')].map(c => c.textContent)"
                        + ".find(t => t.startsWith('otpauth://'))"
                ).text)
            for (width, isDark) in [(1_280, false), (1_280, true), (390, false), (390, true)] {
                let look = "\(width)-\(isDark ? "dark" : "light")"
                try browser.look(width: width, height: 900, isDark: isDark)
                try browser.open(console.address + "/account")
                let image = folder + "/\(look).png"
                try browser.screenshot().write(to: URL(filePath: image))
                let read = folder + "/\(look).txt"
                try Command.run(
                    [
                        "zbarimg", "--nodbus", "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable",
                        image,
                    ],
                    log: read)
                let text = try String(contentsOfFile: read, encoding: .utf8)
                #expect(text == address + "\n", "\(look): \(text)")
                try keep(browser, "account-begun-\(look)")
                // Bound to the page's policy: nothing was refused.
                #expect(try browser.takeComplaints().isEmpty)
            }
        }
    }

    private func keep(_ browser: Chromium, _ name: String) throws {
        guard let folder = ProcessInfo.processInfo.environment["SEALGATE_SCREENSHOTS"],
            !folder.isEmpty
        else { return }
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        try browser.screenshot().write(to: URL(filePath: "\(folder)/\(name).png"))
    }
}
