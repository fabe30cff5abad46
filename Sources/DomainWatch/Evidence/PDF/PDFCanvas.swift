import CPango

/// The only place that speaks to cairo and Pango: measures texts, and draws marks onto pages.
///
/// It stays on the thread that made it, as Pango's fonts do.
final class PDFCanvas {
    struct Size {
        var width: Double
        var height: Double
    }

    /// Where the library writes to, piece by piece.
    private final class Sink {
        var bytes: [UInt8] = []
        var isFull = false
        let most: Int

        init(most: Int) { self.most = most }
    }

    private let sink: Sink
    private let surface: OpaquePointer
    private let context: OpaquePointer
    private let layout: OpaquePointer
    private static let families = "Liberation Sans, DejaVu Sans, sans-serif"

    /// - Parameters:
    ///   - madeAt: as `2026-11-22T05:25:07Z`.
    ///   - octets: of the file, at most.
    init(
        page: Size, title: String, author: String, madeAt: String, octets: Int
    ) throws(PDFError) {
        let sink = Sink(most: octets)
        let opened = cairo_pdf_surface_create_for_stream(
            { closure, data, length in
                guard let closure, let data else { return CAIRO_STATUS_WRITE_ERROR }
                let sink = Unmanaged<Sink>.fromOpaque(closure).takeUnretainedValue()
                guard sink.bytes.count + Int(length) <= sink.most else {
                    sink.isFull = true
                    return CAIRO_STATUS_WRITE_ERROR
                }
                sink.bytes += UnsafeBufferPointer(start: data, count: Int(length))
                return CAIRO_STATUS_SUCCESS
            }, Unmanaged.passUnretained(sink).toOpaque(), page.width, page.height)
        guard let surface = opened else { throw .drawing("no surface") }
        guard let context = cairo_create(surface) else {
            cairo_surface_destroy(surface)
            throw .drawing("no context")
        }
        guard let layout = pango_cairo_create_layout(context) else {
            cairo_destroy(context)
            cairo_surface_destroy(surface)
            throw .drawing("no layout")
        }
        self.sink = sink
        self.surface = surface
        self.context = context
        self.layout = layout
        guard Self.hasFonts else { throw .noFonts }
        cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, title)
        cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_AUTHOR, author)
        cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "Sealgate")
        cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, madeAt)
    }

    deinit {
        g_object_unref(UnsafeMutableRawPointer(layout))
        cairo_destroy(context)
        cairo_surface_destroy(surface)
    }

    private static var hasFonts: Bool {
        guard let map = pango_cairo_font_map_get_default() else { return false }
        var families: UnsafeMutablePointer<UnsafeMutablePointer<PangoFontFamily>?>?
        var count: Int32 = 0
        pango_font_map_list_families(map, &families, &count)
        g_free(families)
        return count > 0
    }

    /// How much room a text takes.
    func measure(_ text: PDFText) -> Size {
        prepare(text)
        var (width, height): (Int32, Int32) = (0, 0)
        pango_layout_get_size(layout, &width, &height)
        return Size(width: Self.points(width), height: Self.points(height))
    }

    func draw(_ mark: PDFMark) {
        switch mark {
        case .text(let text, let x, let y):
            prepare(text)
            ink(text.ink)
            // Without a width, the place is where the text ends or has its middle.
            var left = x
            if text.width == nil, text.side != .left {
                let width = measure(text).width
                left -= text.side == .right ? width : width / 2
            }
            cairo_move_to(context, left, y)
            pango_cairo_show_layout(context, layout)
        case .line(let x1, let y1, let x2, let y2, let colour):
            ink(colour)
            cairo_set_line_width(context, 0.6)
            cairo_move_to(context, x1, y1)
            cairo_line_to(context, x2, y2)
            cairo_stroke(context)
        case .box(let x, let y, let width, let height, let colour):
            ink(colour)
            cairo_rectangle(context, x, y, width, height)
            cairo_fill(context)
        case .area(let points, let colour):
            guard let first = points.first else { return }
            ink(colour)
            cairo_move_to(context, first.x, first.y)
            for point in points.dropFirst() { cairo_line_to(context, point.x, point.y) }
            cairo_close_path(context)
            cairo_fill(context)
        }
    }

    func endPage() { cairo_show_page(context) }

    /// The whole file.
    func finish() throws(PDFError) -> [UInt8] {
        cairo_surface_finish(surface)
        let status = cairo_surface_status(surface)
        if sink.isFull { throw .tooLarge }
        guard status == CAIRO_STATUS_SUCCESS else {
            throw .drawing(cairo_status_to_string(status).map { String(cString: $0) } ?? "?")
        }
        return sink.bytes
    }

    // MARK: Inside

    private func prepare(_ text: PDFText) {
        let font = pango_font_description_from_string(Self.families)
        defer { pango_font_description_free(font) }
        pango_font_description_set_absolute_size(font, text.size * Double(PANGO_SCALE))
        pango_font_description_set_weight(
            font, text.isBold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL)
        pango_layout_set_font_description(layout, font)
        pango_layout_set_width(layout, text.width.map { Int32($0 * Double(PANGO_SCALE)) } ?? -1)
        pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR)
        pango_layout_set_alignment(
            layout,
            text.width == nil || text.side == .left
                ? PANGO_ALIGN_LEFT : text.side == .right ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_CENTER)
        pango_layout_set_text(layout, text.text, Int32(clamping: text.text.utf8.count))
    }

    private func ink(_ ink: PDFInk) {
        cairo_set_source_rgb(context, ink.red, ink.green, ink.blue)
    }

    private static func points(_ units: Int32) -> Double { Double(units) / Double(PANGO_SCALE) }
}
