import MailReports

/// One row of a made-up report.
struct DemonstrationRow {
    var source: String
    var count: Int64
    var disposition: String
    var dkim: String
    var spf: String
    var reason: (type: String, comment: String)?
    var headerFrom: String
    var envelopeFrom: String?
    var signatures: [(domain: String, selector: String, result: String)]
    var mailFrom: String
    var spfResult: String
}

/// Writes a report the way its reporter does.
struct ReportText {
    let style: ReporterStyle
    let domain: DemonstrationDomain
    let record: [String: String]
    let begin: Int64
    let end: Int64
    let reportID: String

    func render(_ rows: [DemonstrationRow]) -> String {
        var text = "<?xml version=\"1.0\" encoding=\"UTF-8\" ?>\n"
        text +=
            style.isRFC9990
            ? "<feedback xmlns=\"urn:ietf:params:xml:ns:dmarc-2.0\">\n" : "<feedback>\n"
        if style.hasVersion { text += "  <version>1.0</version>\n" }
        text += metadata + policy
        for row in rows { text += render(row) }
        return text + "</feedback>\n"
    }

    private var metadata: String {
        let extra =
            style.extraContact.map {
                "    <extra_contact_info>\(Self.escape($0))</extra_contact_info>\n"
            } ?? ""
        let generator =
            style.isRFC9990 ? "    <generator>mailbox-reports 4.1</generator>\n" : ""
        return """
              <report_metadata>
                <org_name>\(Self.escape(style.name))</org_name>
                <email>\(Self.escape(style.email))</email>
            \(extra)    <report_id>\(Self.escape(reportID))</report_id>
                <date_range><begin>\(begin)</begin><end>\(end)</end></date_range>
            \(generator)  </report_metadata>

            """
    }

    private var policy: String {
        func tag(_ name: String, _ element: String, default value: String? = nil) -> String {
            guard let found = record[name] ?? value else { return "" }
            return "<\(element)>\(found)</\(element)>"
        }
        let alignment =
            style.leavesOutAlignment
            ? "" : tag("adkim", "adkim", default: "r") + tag("aspf", "aspf", default: "r")
        let percentage = style.isRFC9990 ? "" : tag("pct", "pct", default: "100")
        let nonexistent =
            style.hasNonexistentPolicy || style.isRFC9990
            ? tag("np", "np", default: record["sp"] ?? record["p"]) : ""
        let method =
            style.isRFC9990
            ? "<testing>\(record["t"] == "y" ? "y" : "n")</testing><discovery_method>treewalk</discovery_method>"
            : ""
        return "  <policy_published><domain>\(domain.name)</domain>\(alignment)"
            + tag("p", "p", default: "none") + tag("sp", "sp", default: record["p"])
            + "\(percentage)\(nonexistent)\(method)</policy_published>\n"
    }

    private func render(_ row: DemonstrationRow) -> String {
        var reason = ""
        if let given = row.reason {
            reason =
                "<reason><type>\(given.type)</type><comment>\(given.comment)</comment></reason>"
        } else if style.emptyReasonType {
            reason = "<reason><type></type><comment></comment></reason>"
        }
        let envelopeTo = style.hasEnvelopeTo ? "<envelope_to>people.example</envelope_to>" : ""
        let envelopeFrom =
            style.hasEnvelopeTo || style.isRFC9990
            ? "<envelope_from>\(row.envelopeFrom ?? "")</envelope_from>" : ""
        var results = ""
        for signature in row.signatures {
            let result = style.emptyDKIMResult && signature.result != "pass" ? "" : signature.result
            results +=
                "<dkim><domain>\(signature.domain)</domain><selector>\(signature.selector)"
                + "</selector><result>\(result)</result></dkim>"
        }
        let scope = style.isRFC9990 || style.hasEnvelopeTo ? "<scope>mfrom</scope>" : ""
        results +=
            "<spf><domain>\(row.mailFrom)</domain>\(scope)<result>\(row.spfResult)</result></spf>"
        return """
              <record>
                <row><source_ip>\(row.source)</source_ip><count>\(row.count)</count>\
            <policy_evaluated><disposition>\(row.disposition)</disposition><dkim>\(row.dkim)</dkim>\
            <spf>\(row.spf)</spf>\(reason)</policy_evaluated></row>
                <identifiers>\(envelopeTo)\(envelopeFrom)<header_from>\(row.headerFrom)</header_from>\
            </identifiers>
                <auth_results>\(results)</auth_results>
              </record>

            """
    }

    static func escape(_ text: String) -> String {
        var escaped = ""
        for character in text {
            switch character {
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "&": escaped += "&amp;"
            default: escaped.append(character)
            }
        }
        return escaped
    }
}
