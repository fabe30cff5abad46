import Storage

/// An evidence pack as pages for print: a cover with the one sentence, the course as a picture,
/// and every figure behind it.
struct EvidenceDocument {
    private let pack: EvidencePack
    private let pages: Int
    private let octets: Int

    init(_ pack: EvidencePack, pages: Int, octets: Int) {
        self.pack = pack
        self.pages = pages
        self.octets = octets
    }

    func render() throws(PDFError) -> [UInt8] {
        let canvas = try PDFCanvas(
            page: PDFPages.size, title: "Mail in our name: the evidence",
            author: pack.organisation, madeAt: EvidenceText.machine(pack.madeAt), octets: octets)
        var pages = PDFPages(canvas: canvas, most: pages)
        cover(&pages)
        for table in pack.tables { append(table, to: &pages) }
        howToCheck(&pages)
        for (index, marks) in pages.pages.enumerated() {
            for mark in marks { canvas.draw(mark) }
            for mark in foot(index + 1, of: pages.pages.count, isCut: pages.isCut) {
                canvas.draw(mark)
            }
            canvas.endPage()
        }
        return try canvas.finish()
    }

    // MARK: Cover

    private func cover(_ pages: inout PDFPages) {
        pages.paragraph(pack.organisation, size: 10, ink: .soft, after: 4)
        pages.paragraph("Mail in our name: the evidence", size: 22, isBold: true, after: 14)
        pages.paragraph(pack.summary, size: 13, after: 18)
        figures(&pages)
        EvidenceChart(steps: pack.steps, before: pack.before?.days, now: pack.now.days)
            .draw(on: &pages)
        pages.paragraph("What the figures rest on", size: 9.5, isBold: true, after: 3)
        if let before = pack.before {
            pages.paragraph("Before: " + EvidenceText.basis(before) + ".", size: 9, after: 2)
        } else {
            pages.paragraph("Before: nothing was reported earlier.", size: 9, after: 2)
        }
        pages.paragraph("Now: " + EvidenceText.basis(pack.now) + ".", size: 9, after: 2)
        pages.paragraph(
            "Only receivers that send reports are counted. All days are in UTC.", size: 9,
            ink: .soft)
    }

    /// Four figures side by side, each with what it was before.
    private func figures(_ pages: inout PDFPages) {
        let count = Int64(pack.domains.count)
        func rejecting(_ period: EvidencePack.Period) -> String {
            "\(EvidenceText.grouped(Int64(period.rejectingDomains))) of "
                + EvidenceText.grouped(count)
        }
        func was(_ text: String?) -> String { text.map { "before: \($0)" } ?? "before: unknown" }
        let tiles = [
            (
                pack.now.mail.unauthorised.words, "of the mail unauthorised",
                was(pack.before?.mail.unauthorised.words)
            ),
            (
                pack.now.mail.stopped.words, "of that stopped by receivers",
                was(pack.before?.mail.stopped.words)
            ),
            (
                rejecting(pack.now), count == 1 ? "domain rejects" : "domains reject",
                was(pack.before.map(rejecting))
            ),
            (
                EvidenceText.grouped(Int64(pack.exceptions.count + pack.otherExceptions)),
                "exceptions open", "see Exceptions"
            ),
        ]
        let gap = 10.0
        let width = (PDFPages.width - gap * 3) / 4
        let top = pages.y
        for (index, tile) in tiles.enumerated() {
            let x = PDFPages.margin + Double(index) * (width + gap)
            pages.put(.box(x: x, y: top, width: width, height: 66, ink: .faint))
            func text(_ text: String, _ size: Double, _ y: Double, isBold: Bool, ink: PDFInk) {
                pages.put(
                    .text(
                        PDFText(
                            text: text, size: size, isBold: isBold, ink: ink,
                            width: width - 14), x: x + 8, y: top + y))
            }
            text(tile.0, 17, 7, isBold: true, ink: .text)
            text(tile.1, 8, 32, isBold: false, ink: .text)
            text(tile.2, 8, 46, isBold: false, ink: .soft)
        }
        pages.skip(66 + 22)
    }

    // MARK: Tables

    private func append(_ table: EvidenceTable, to pages: inout PDFPages) {
        // A heading stays with its note and the first rows.
        if table.name == pack.tables.first?.name { pages.newPage() } else { pages.need(130) }
        pages.paragraph(table.title, size: 14, isBold: true, after: 4)
        pages.paragraph(table.note, size: 8.5, ink: .soft, after: 6)
        if table.rows.isEmpty {
            pages.paragraph(table.emptiness, after: 14)
        } else {
            pages.table(
                PDFPages.Table(
                    columns: table.columns.map {
                        .init(title: $0.title, weight: $0.weight, isNumber: $0.isNumber)
                    }, rows: table.rows.map { $0.map(\.shown) }))
        }
        if let rest = table.rest { pages.paragraph(rest, size: 8.5, ink: .soft) }
        pages.skip(12)
    }

    private func howToCheck(_ pages: inout PDFPages) {
        pages.need(150)
        pages.paragraph("How to check this", size: 14, isBold: true, after: 4)
        pages.paragraph(
            "The same facts can be had as a spreadsheet and as JSON; the three agree. Every change "
                + "above is an entry of the audit log, in which each entry is sealed with the one "
                + "before it. The log had this head when these pages were made, at "
                + "\(EvidenceText.instant(pack.madeAt)):", size: 9)
        pages.paragraph(pack.chainHead, size: 8.5, isBold: true)
        pages.paragraph(
            "Whoever has this head can tell whether anything before it was changed since:", size: 9)
        pages.paragraph("sealgate audit export --output audit.ndjson", size: 8.5, after: 1)
        pages.paragraph("sealgate audit verify audit.ndjson --head HEAD", size: 8.5)
    }

    private func foot(_ number: Int, of count: Int, isCut: Bool) -> [PDFMark] {
        let y = PDFPages.size.height - 44
        let right = PDFPages.margin + PDFPages.width
        func text(_ text: String, _ side: PDFText.Side) -> PDFText {
            PDFText(text: text, size: 7, ink: .soft, side: side)
        }
        let cut = isCut && number == count ? "More did not fit: ask for fewer domains. " : ""
        return [
            .line(x1: PDFPages.margin, y1: y - 5, x2: right, y2: y - 5, ink: .line),
            .text(
                text("\(pack.organisation) – made \(EvidenceText.instant(pack.madeAt))", .left),
                x: PDFPages.margin, y: y),
            .text(text("\(cut)Page \(number) of \(count)", .right), x: right, y: y),
            .text(
                text("Head of the audit log \(pack.chainHead)", .left), x: PDFPages.margin,
                y: y + 10),
        ]
    }
}
