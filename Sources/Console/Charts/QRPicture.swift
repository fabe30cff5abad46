import CQREncode

/// A text as a picture for a camera (QR code, ISO/IEC 18004): libqrencode says which squares are
/// dark, and we draw them.
enum QRPicture {
    /// Light squares around it, which readers want.
    private static let margin = 4
    /// Units of the picture for one square: large enough for a camera before a screen.
    private static let scale = 5.0

    /// The picture; nil for a text that is too long for one.
    ///
    /// - Parameter label: what a screen reader says instead.
    static func svg(_ text: String, label: String) -> SVG? {
        guard let squares = squares(of: Array(text.utf8)) else { return nil }
        let width = Double(squares.width + 2 * margin) * scale
        var dark = PathData()
        for row in 0..<squares.width {
            var column = 0
            while column < squares.width {
                let start = column
                while column < squares.width, squares.isDark(row, column) { column += 1 }
                // A run of dark squares is one rectangle: no seams between them.
                if column > start { dark.add(run: start..<column, in: row) }
                column += 1
            }
        }
        return SVG(
            width: width, height: width, class: "qr", label: label,
            [
                .rectangle(x: 0, y: 0, width: width, height: width, class: "qr-light"),
                .path(dark, class: "qr-dark"),
            ])
    }

    private struct Squares {
        var width: Int
        /// Row by row; the lowest bit says whether it is dark.
        var octets: [UInt8]

        func isDark(_ row: Int, _ column: Int) -> Bool { octets[row * width + column] & 1 == 1 }
    }

    /// Corrects errors of up to 15 % (level M), in the smallest version that holds the text.
    private static func squares(of octets: [UInt8]) -> Squares? {
        guard !octets.isEmpty, octets.count <= Limits.qrText,
            let code = QRcode_encodeData(Int32(octets.count), octets, 0, QR_ECLEVEL_M)
        else { return nil }
        defer { QRcode_free(code) }
        let width = Int(code.pointee.width)
        guard width > 0, let data = code.pointee.data else { return nil }
        return Squares(
            width: width, octets: Array(UnsafeBufferPointer(start: data, count: width * width)))
    }

    fileprivate static func place(_ square: Int) -> Double { Double(square + margin) * scale }
}

extension PathData {
    fileprivate mutating func add(run: Range<Int>, in row: Int) {
        let (left, right) = (QRPicture.place(run.lowerBound), QRPicture.place(run.upperBound))
        let (top, bottom) = (QRPicture.place(row), QRPicture.place(row + 1))
        move(left, top)
        line(right, top)
        line(right, bottom)
        line(left, bottom)
        close()
    }
}
