internal import SMTP

/// What people read.
extension DeliveryStatusNotification {
    var subject: String {
        switch action {
        case .failed: "Your message could not be delivered"
        case .delayed: "Your message is not delivered yet"
        case .relayed: "Your message was handed on"
        }
    }

    func explain(_ writer: inout ReportWriter) {
        let date = MailDate.render(receivedAt / 1_000)
        writer.text(
            "This is the mail server \(reporter). It writes about the message that you sent.")
        writer.text("We received it on \(date).")
        writer.line("")
        switch action {
        case .failed:
            writer.text("It could not be delivered to:")
        case .delayed:
            writer.text("It could not be delivered yet to:")
        case .relayed:
            writer.text(
                "It was handed on to the next mail server, which sends no confirmation when it "
                    + "arrives, for:")
        }
        for recipient in recipients {
            writer.line("")
            writer.text("<\(address(of: recipient.recipient.path))>", indent: "  ")
            writer.text(recipient.reason, indent: "    ")
            if let reply = recipient.reply {
                let server = recipient.server.map { "The server \($0)" } ?? "The other server"
                writer.text("\(server) said: \(reply)", indent: "    ")
            }
        }
        writer.line("")
        explainWhatNow(&writer)
    }

    private func explainWhatNow(_ writer: inout ReportWriter) {
        switch action {
        case .failed:
            writer.text(
                "We will not try again. Check the address; if it is right, show this message to "
                    + "the person who looks after your mail, or to the postmaster there.")
        case .delayed:
            let until = recipients.compactMap(\.retriedUntil).max()
            writer.text(
                "You need not do anything. We keep trying"
                    + (until.map { " until \(MailDate.render($0 / 1_000))" } ?? "")
                    + ", and will write to you again if it does not succeed.")
        case .relayed:
            writer.text("You need not do anything.")
        }
    }
}
