/// Fills pages from top to bottom: paragraphs, headings, and tables that go on over pages under
/// their repeated headings.
struct PDFPages {
    /// A4, in points.
    static let size = PDFCanvas.Size(width: 595.28, height: 841.89)
    static let margin = 46.0
    static let bottom = size.height - 62
    static let width = size.width - 2 * margin

    let canvas: PDFCanvas
    private(set) var pages: [[PDFMark]] = [[]]
    private(set) var y = PDFPages.margin
    /// True when the limit of pages was reached: what came after it is not there.
    private(set) var isCut = false

    private let most: Int

    /// - Parameter most: pages.
    init(canvas: PDFCanvas, most: Int) {
        self.canvas = canvas
        self.most = most
    }

    mutating func put(_ mark: PDFMark) {
        guard !isCut else { return }
        pages[pages.count - 1].append(mark)
    }

    mutating func skip(_ height: Double) { y += height }

    mutating func newPage() {
        guard pages.count < most else {
            isCut = true
            return
        }
        pages.append([])
        y = Self.margin
    }

    /// Begins a page where less than a height is left on this one.
    mutating func need(_ height: Double) {
        if y + height > Self.bottom { newPage() }
    }

    mutating func paragraph(
        _ text: String, size: Double = 9.5, isBold: Bool = false, ink: PDFInk = .text,
        after: Double = 6
    ) {
        let text = PDFText(
            text: text, size: size, isBold: isBold, ink: ink, width: Self.width)
        let height = canvas.measure(text).height
        need(height)
        put(.text(text, x: Self.margin, y: y))
        y += height + after
    }

    // MARK: Tables

    private static let gap = 7.0
    private static let cellSize = 7.8

    /// Texts in columns of given parts of the width.
    struct Table {
        struct Column {
            var title: String
            var weight: Double
            var isNumber: Bool
        }
        var columns: [Column]
        var rows: [[String]]
    }

    mutating func table(_ table: Table) {
        let columns = table.columns
        let whole = columns.reduce(0) { $0 + $1.weight }
        let room = Self.width - Self.gap * Double(columns.count - 1)
        let widths = columns.map { room * $0.weight / whole }
        let heading = cells(
            columns.map(\.title), columns, widths, isBold: true, ink: .soft)
        let headingHeight = height(heading)
        for (index, row) in table.rows.enumerated() {
            if isCut { return }
            let row = cells(row, columns, widths, isBold: false, ink: .text)
            let rowHeight = height(row)
            if index == 0 {
                place(heading, headingHeight, widths)
            } else if y + rowHeight > Self.bottom {
                newPage()
                place(heading, headingHeight, widths)
            }
            place(row, rowHeight, widths)
        }
        y += 8
    }

    private func cells(
        _ texts: [String], _ columns: [Table.Column], _ widths: [Double], isBold: Bool,
        ink: PDFInk
    ) -> [PDFText] {
        zip(texts, zip(columns, widths)).map { text, place in
            PDFText(
                text: text, size: Self.cellSize, isBold: isBold, ink: ink, width: place.1,
                side: place.0.isNumber ? .right : .left)
        }
    }

    private func height(_ cells: [PDFText]) -> Double {
        (cells.map { canvas.measure($0).height }.max() ?? 0) + 6
    }

    private mutating func place(_ cells: [PDFText], _ height: Double, _ widths: [Double]) {
        var x = Self.margin
        for (cell, width) in zip(cells, widths) {
            put(.text(cell, x: x, y: y + 2))
            x += width + Self.gap
        }
        y += height
        put(
            .line(
                x1: Self.margin, y1: y - 1, x2: Self.margin + Self.width, y2: y - 1, ink: .line))
    }
}
