import FoundationEssentials
import Glibc
import TestSupport

/// A real browser without a window, asked over two pipes in the DevTools protocol.
final class Chromium {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// What the page complained of since it was last asked: errors and warnings of the console,
    /// exceptions, refused and missing resources.
    private(set) var complaints: [String] = []

    private let pid: pid_t
    private let commands: Int32
    private let answers: Int32
    private var received: [UInt8] = []
    private var lastID = 0
    private var session: String?
    private var hasLoaded = false

    /// Seconds for one answer; a machine that compiles beside it is slow.
    private static let patience = 60

    init(profile: String) throws {
        // A browser that died must not take the tests along.
        signal(SIGPIPE, SIG_IGN)
        let (theirIn, ourOut) = try Self.pipe()
        let (ourIn, theirOut) = try Self.pipe()
        commands = ourOut
        answers = ourIn
        defer {
            close(theirIn)
            close(theirOut)
        }
        pid = try Self.start(profile: profile, reading: theirIn, writing: theirOut)
        let target = try ask("Target.createTarget", ["url": "about:blank"])
        let attached = try ask(
            "Target.attachToTarget",
            ["targetId": target["targetId"] ?? .null, "flatten": true])
        session = attached["sessionId"]?.text
        for domain in ["Page", "Runtime", "Log", "Network"] { try ask("\(domain).enable") }
    }

    deinit {
        // Killed, not asked: its profile goes away with the test.
        kill(pid, SIGKILL)
        var status: Int32 = 0
        waitpid(pid, &status, 0)
        close(commands)
        close(answers)
    }

    // MARK: What a person does

    /// How wide the window is, in CSS pixels, and which colours the system prefers.
    func look(width: Int, height: Int, isDark: Bool) throws {
        try ask(
            "Emulation.setDeviceMetricsOverride",
            [
                "width": .number(Double(width)), "height": .number(Double(height)),
                "deviceScaleFactor": 1, "mobile": .flag(width < 600),
            ])
        try ask(
            "Emulation.setEmulatedMedia",
            [
                "features": [
                    ["name": "prefers-color-scheme", "value": .text(isDark ? "dark" : "light")]
                ]
            ])
    }

    /// Opens an address and waits until all of it is there.
    func open(_ address: String) throws {
        hasLoaded = false
        let answer = try ask("Page.navigate", ["url": .text(address)])
        if let error = answer["errorText"]?.text { throw Failure(description: error) }
        try waitForPage()
    }

    /// Waits for the page that an act leads to.
    func waitForPage(after act: () throws -> Void = {}) throws {
        let end = ContinuousClock.now + .seconds(Self.patience)
        try act()
        while !hasLoaded {
            guard ContinuousClock.now < end else {
                throw Failure(description: "A page did not load in \(Self.patience) s.")
            }
            try note(nextMessage())
        }
    }

    /// Runs a script in the page; its value comes back as JSON.
    @discardableResult
    func run(_ script: String) throws -> JSONText {
        let answer = try ask(
            "Runtime.evaluate",
            ["expression": .text(script), "returnByValue": true, "awaitPromise": true])
        if let thrown = answer["exceptionDetails"] { throw Failure(description: thrown.rendered) }
        return answer["result"]?["value"] ?? .null
    }

    /// Sends a form, as its button does, and waits for the page that follows.
    func submit(_ form: String) throws {
        hasLoaded = false
        try waitForPage { try run("document.querySelector('\(form)').requestSubmit(); 1") }
    }

    /// Clicks what a selector finds first, and waits for the page that it leads to.
    func click(_ selector: String) throws {
        hasLoaded = false
        try waitForPage {
            let found = try run(
                "(() => { const found = document.querySelector(`\(selector)`); "
                    + "found?.click(); return found !== null; })()")
            guard found == true else { throw Failure(description: "There is no \(selector).") }
        }
    }

    /// Clicks a link to a file, and waits until the file is there.
    ///
    /// - Returns: its path.
    func download(_ selector: String, to folder: String) throws -> String {
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        try ask(
            "Browser.setDownloadBehavior",
            ["behavior": "allow", "downloadPath": .text(folder)])
        try run("document.querySelector(`\(selector)`).click(); 1")
        let end = ContinuousClock.now + .seconds(Self.patience)
        while ContinuousClock.now < end {
            // While it is under way it has another ending.
            let files = try FileManager.default.contentsOfDirectory(atPath: folder)
            if let file = files.first, files.count == 1, !file.hasSuffix(".crdownload"),
                !file.hasPrefix(".")
            {
                return folder + "/" + file
            }
            usleep(50_000)
        }
        throw Failure(description: "Nothing was downloaded from \(selector).")
    }

    /// What a person reads on the page.
    func text() throws -> String {
        try run("document.querySelector('main').innerText").text ?? ""
    }

    func pressTab() throws {
        for kind in ["rawKeyDown", "keyUp"] {
            try ask(
                "Input.dispatchKeyEvent",
                [
                    "type": .text(kind), "key": "Tab", "code": "Tab", "windowsVirtualKeyCode": 9,
                ])
        }
    }

    /// The whole page as PNG.
    func screenshot() throws -> Data {
        let size = try ask("Page.getLayoutMetrics")["cssContentSize"]
        let answer = try ask(
            "Page.captureScreenshot",
            [
                "format": "png", "captureBeyondViewport": true,
                "clip": [
                    "x": 0, "y": 0, "scale": 1, "width": size?["width"] ?? 0,
                    "height": .number(min(size?["height"]?.number ?? 0, 8_000)),
                ],
            ])
        guard let text = answer["data"]?.text, let image = Data(base64Encoded: text) else {
            throw Failure(description: "The browser made no picture.")
        }
        return image
    }

    /// What the page complained of since the last call.
    func takeComplaints() throws -> [String] {
        // Whatever was said before this answer is here when the answer is.
        try run("1")
        defer { complaints = [] }
        return complaints
    }

    // MARK: The protocol

    @discardableResult
    private func ask(_ method: String, _ parameters: JSONText = [:]) throws -> JSONText {
        lastID += 1
        let id = Double(lastID)
        var members: [String: JSONText] = [
            "id": .number(id), "method": .text(method), "params": parameters,
        ]
        members["sessionId"] = session.map { .text($0) }
        try send(Array(JSONText.object(members).rendered.utf8) + [0])
        while true {
            let message = try nextMessage()
            guard message["id"]?.number == id else {
                note(message)
                continue
            }
            if let error = message["error"] {
                throw Failure(description: "\(method): \(error.rendered)")
            }
            return message["result"] ?? .null
        }
    }

    /// Remembers an event.
    private func note(_ message: JSONText) {
        let parameters = message["params"]
        switch message["method"]?.text {
        case "Page.loadEventFired": hasLoaded = true
        case "Runtime.exceptionThrown": complaints.append(parameters?.rendered ?? "")
        case "Runtime.consoleAPICalled":
            if ["error", "warning", "assert"].contains(parameters?["type"]?.text) {
                complaints.append(parameters?.rendered ?? "")
            }
        case "Log.entryAdded":
            if ["error", "warning"].contains(parameters?["entry"]?["level"]?.text) {
                complaints.append(parameters?["entry"]?["text"]?.text ?? "")
            }
        case "Network.loadingFailed":
            if parameters?["canceled"] != true {
                complaints.append(parameters?["errorText"]?.text ?? "a resource failed")
            }
        default: break
        }
    }

    private func send(_ octets: [UInt8]) throws {
        var rest = octets[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { write(commands, $0.baseAddress, $0.count) }
            guard written > 0 else { throw Failure(description: "The browser has ended.") }
            rest = rest.dropFirst(written)
        }
    }

    /// Messages end with a NUL.
    private func nextMessage() throws -> JSONText {
        while true {
            if let end = received.firstIndex(of: 0) {
                let message = Data(received[..<end])
                received.removeSubrange(...end)
                return try JSONDecoder().decode(JSONText.self, from: message)
            }
            var waiting = pollfd(fd: answers, events: Int16(POLLIN), revents: 0)
            guard poll(&waiting, 1, Int32(Self.patience * 1_000)) > 0 else {
                throw Failure(description: "The browser did not answer in \(Self.patience) s.")
            }
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            let count = read(answers, &buffer, buffer.count)
            guard count > 0 else { throw Failure(description: "The browser has ended.") }
            received += buffer[..<count]
        }
    }

    // MARK: The process

    private static func pipe() throws -> (reading: Int32, writing: Int32) {
        var ends: [Int32] = [0, 0]
        guard Glibc.pipe(&ends) == 0 else {
            throw Failure(description: "No pipe could be made (error \(errno)).")
        }
        defer { for end in ends { close(end) } }
        // Out of the way of 3 and 4, where the browser looks for its ends.
        return (fcntl(ends[0], F_DUPFD_CLOEXEC, 10), fcntl(ends[1], F_DUPFD_CLOEXEC, 10))
    }

    private static func start(
        profile: String, reading: Int32, writing: Int32
    ) throws -> pid_t {
        let words = [
            "chromium", "--headless=new", "--remote-debugging-pipe", "--user-data-dir=\(profile)",
            // CI runs as root, in containers with a small /dev/shm.
            "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--no-first-run",
            "--hide-scrollbars",
            "--disable-extensions", "--disable-background-networking", "--disable-sync",
            "--disable-component-update", "--disable-default-apps", "--force-color-profile=srgb",
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
        ]
        do {
            return try ChildProgram.start(
                words,
                streams: [
                    .read("/dev/null"), .write(profile + ".log"), .like(1), .descriptor(reading),
                    .descriptor(writing),
                ])
        } catch {
            throw Failure(
                description: "Chromium did not start (\(error)): scripts/test installs it.")
        }
    }
}
