import Identities
import MailReports
import SMTP
import Storage

/// From a composed report to mails that somebody else answers for.
extension ReportComposer {
    /// Hands over what was not handed over yet.
    func send(_ report: OutgoingReport, _ step: inout Step) async throws {
        guard let content = try await reports.content(of: report) else {
            return try await drop(report, "Its file is gone.", &step)
        }
        let file = ReportFile(name: report.name, mediaType: report.mediaType, octets: content)
        var isWaiting = false
        var mails = try await reports.mails(of: report)
        for index in mails.indices {
            let state = mails[index].state
            guard state == .waiting || state == .handed else { continue }
            try await hand(&mails[index], of: report, file, &step)
            if mails[index].state == .waiting { isWaiting = true }
        }
        let refused = mails.filter { $0.state == .refused }
        if isWaiting {
            return try await reports.postpone(
                report, until: world.now() + Limits.reportRetrySeconds,
                remark: mails.first { $0.state == .waiting }?.remark ?? "")
        }
        try await reports.finish(
            report,
            remark: refused.isEmpty
                ? "" : refused.map { "\($0.destination): \($0.remark)" }.joined(separator: " "))
        step.finished += 1
    }

    /// One mail. That it is being handed over is stored before, that it was taken afterwards: after
    /// a crash in between, or a refusal that came too late, we ask whether it was.
    private func hand(
        _ mail: inout OutgoingReportMail, of report: OutgoingReport, _ file: ReportFile,
        _ step: inout Step
    ) async throws {
        let identifier = "\(mail.position).\(report.reportID)"
        let isMail = !mail.destination.lowercased().hasPrefix("https:")
        if mail.attempts > 0, isMail, try await world.wasTaken(identifier) {
            mail.state = .sent
            mail.remark = ""
            try await reports.update(mail, of: report, now: world.now())
            step.sent += 1
            return
        }
        mail.state = .handed
        mail.attempts += 1
        try await reports.update(mail, of: report, now: world.now())
        do {
            let refusal =
                isMail
                ? try await mailOut(mail, report, file, identifier)
                : await postOut(mail, report, file)
            switch refusal {
            case nil:
                mail.state = .sent
                mail.remark = ""
                step.sent += 1
            case .temporary(let reason)? where mail.attempts < Limits.reportAttempts:
                mail.state = .waiting
                mail.remark = reason
            case .temporary(let reason)?, .permanent(let reason)?:
                mail.state = .refused
                mail.remark = reason
            }
        } catch {
            mail.state = mail.attempts < Limits.reportAttempts ? .waiting : .refused
            mail.remark = "\(error)"
            world.note("The report \(report.reportID) could not be handed over: \(error)")
        }
        try await reports.update(mail, of: report, now: world.now())
    }

    private enum Refusal {
        case temporary(String)
        case permanent(String)
    }

    private func mailOut(
        _ mail: OutgoingReportMail, _ report: OutgoingReport, _ file: ReportFile,
        _ identifier: String
    ) async throws -> Refusal? {
        guard let recipient = EmailAddress(mail.destination) else {
            return .permanent("It is no mail address.")
        }
        let message = ReportMessage(
            report.kind == .dmarc ? .aggregate : .tls, about: report.domain,
            submitter: options.submitter, reportID: report.reportID,
            organisation: options.organisation, sender: options.sender, recipient: recipient,
            messageID: identifier, date: report.composedAt,
            period: report.begin...max(report.begin, report.end), file: file)
        let octets = message.render()
        // Signed as of the day of composing, so that the same report is the same mail.
        let signature = try options.sign(octets, now: report.composedAt)
        var envelope = Envelope(
            reversePath: ReversePath(Mailbox(options.sender)),
            // Nobody waits for a word about a report.
            recipients: [EnvelopeRecipient(ForwardPath(Mailbox(recipient)), notify: .never)])
        envelope.parameters.isInternational = message.isInternational
        if message.isInternational { envelope.parameters.body = .eightBitMIME }
        try await world.send(
            ReportMail(
                kind: report.kind, domain: report.domain, identifier: identifier,
                envelope: envelope, octets: signature + octets))
        return nil
    }

    /// RFC 8460 §5.4 and §5.5: any 2xx is success; what may pass is tried again.
    private func postOut(
        _ mail: OutgoingReportMail, _ report: OutgoingReport, _ file: ReportFile
    ) async -> Refusal? {
        let post = ReportPost(
            uri: mail.destination, mediaType: file.mediaType, octets: file.octets)
        switch await world.post(post) {
        case .status(200...299): return nil
        case .status(let code) where code == 408 || code == 429 || code >= 500:
            return .temporary("The web server answered \(code).")
        case .status(let code): return .permanent("The web server answered \(code).")
        case .unreachable(let reason): return .temporary(reason)
        }
    }
}
