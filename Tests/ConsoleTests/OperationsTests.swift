import Console
import Synchronization
import Testing

/// Metrics and health, for programs that watch over ours.
@Suite struct OperationsTests {
    private func console(
        _ access: OperationsServices.Access, metrics: [Metric] = [], readiness: [Readiness] = []
    ) async throws -> SampleConsole {
        try await SampleConsole(
            mail: try await SampleMail(.empty),
            operations: OperationsServices(
                access: access, metrics: { metrics }, readiness: { readiness }))
    }

    @Test func `metrics are told in the format of Prometheus`() async throws {
        let metrics = [
            Metric(
                "sealgate_messages_total", .counter, "Messages by what was decided.",
                [
                    Metric.Sample(12, [Metric.Label("disposition", "deliver")]),
                    Metric.Sample(3, [Metric.Label("disposition", "reject")]),
                ]),
            Metric("sealgate_queue_messages", .gauge, "Messages that wait.", 7),
            Metric(
                "9 bad\nname", .gauge, "A \\ and\na line.",
                [
                    Metric.Sample(0.25, [Metric.Label("a-b", "quote \" slash \\ line\n\u{1}end")]),
                    Metric.Sample(Double.nan), Metric.Sample(Double.infinity),
                ]),
        ]
        try await console(.loopback, metrics: metrics).serve { browser in
            let answer = try await browser.get("/metrics")
            #expect(answer.status == 200)
            #expect(answer["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8")
            #expect(
                answer.text == """
                    # HELP sealgate_messages_total Messages by what was decided.
                    # TYPE sealgate_messages_total counter
                    sealgate_messages_total{disposition="deliver"} 12
                    sealgate_messages_total{disposition="reject"} 3
                    # HELP sealgate_queue_messages Messages that wait.
                    # TYPE sealgate_queue_messages gauge
                    sealgate_queue_messages 7
                    # HELP _9_bad_name A \\\\ and\\na line.
                    # TYPE _9_bad_name gauge
                    _9_bad_name{a_b="quote \\" slash \\\\ line\\n end"} 0.25
                    _9_bad_name NaN
                    _9_bad_name +Inf

                    """)
        }
    }

    @Test func `a measure has so many samples and so long labels`() async throws {
        let label = String(repeating: "x", count: Limits.metricLabel * 2)
        let samples = (0..<Limits.metricSamples * 2).map {
            Metric.Sample($0, [Metric.Label("name", label)])
        }
        let metric = Metric("many", .gauge, "Too many.", samples)
        try await console(.loopback, metrics: [metric]).serve { browser in
            let text = try await browser.get("/metrics").text
            let lines = text.split(separator: "\n")
            #expect(lines.count == Limits.metricSamples + 2)
            let cut = String(repeating: "x", count: Limits.metricLabel)
            #expect(lines[2] == "many{name=\"\(cut)\"} 0")
        }
    }

    @Test func `metrics are for this machine, or for who has the token`() async throws {
        try await console(.loopback).serve { browser in
            for field in ["Forwarded", "X-Forwarded-For", "X-Real-IP", "Via"] {
                let answer = try await browser.get("/metrics", headers: [field: "192.0.2.1"])
                #expect(answer.status == 403, "\(field)")
            }
        }
        try await console(.off).serve { browser in
            let answer = try await browser.get("/metrics")
            #expect(answer.status == 404)
        }
        try await console(.token("a long secret")).serve { browser in
            let none = try await browser.get("/metrics")
            #expect(none.status == 401)
            #expect(none["WWW-Authenticate"] == "Bearer")
            for wrong in [
                "Bearer ", "Bearer a long secre", "a long secret",
            ] {
                let answer = try await browser.get("/metrics", headers: ["Authorization": wrong])
                #expect(answer.status == 401, "\(wrong)")
            }
            let right = try await browser.get(
                "/metrics", headers: ["Authorization": "bearer a long secret"])
            #expect(right.status == 200)
        }
        try await console(.token("")).serve { browser in
            let answer = try await browser.get("/metrics", headers: ["Authorization": "Bearer "])
            #expect(answer.status == 401)
        }
    }

    @Test func `health is told to everybody, its details to this machine`() async throws {
        let parts = [
            Readiness("spool", isReady: false, "The disk is full.\nreally"),
            Readiness("listener", isReady: true, "Port 25 is open."),
        ]
        try await console(.off, readiness: parts).serve { browser in
            let live = try await browser.get("/health/live")
            #expect(live.status == 200)
            #expect(live.text == "live\n")
            let ready = try await browser.get("/health/ready")
            #expect(ready.status == 503)
            #expect(ready.text.hasPrefix("not ready\ndatabase: ready. It answers.\n"))
            #expect(ready.text.contains("spool: not ready. The disk is full.\u{FFFD}really\n"))
            let stranger = try await browser.get(
                "/health/ready", headers: ["X-Forwarded-For": "192.0.2.1"])
            #expect(stranger.status == 503)
            #expect(stranger.text == "not ready\n")
        }
        try await console(.off).serve { browser in
            let ready = try await browser.get("/health/ready")
            #expect(ready.status == 200)
            #expect(ready.text.hasPrefix("ready\n"))
            #expect(ready["Cache-Control"] == "no-store")
        }
    }
}
