import Foundation
import TestSupport
import Testing

/// The three forms of a pack as somebody else's programs read them.
enum EvidenceForms {
    /// Lines of cells; quoted as RFC 4180 has it.
    static func cells(_ bytes: [UInt8]) -> [[String]] {
        var lines: [[String]] = [[]]
        var (cell, isQuoted) = ("", false)
        let text = Array(String(decoding: bytes, as: UTF8.self).unicodeScalars)
        var index = 0
        while index < text.count {
            let scalar = text[index]
            if isQuoted {
                if scalar == "\"", index + 1 < text.count, text[index + 1] == "\"" {
                    cell.append("\"")
                    index += 1
                } else if scalar == "\"" {
                    isQuoted = false
                } else {
                    cell.unicodeScalars.append(scalar)
                }
            } else if scalar == "\"" {
                isQuoted = true
            } else if scalar == "," {
                lines[lines.count - 1].append(cell)
                cell = ""
            } else if scalar == "\n" {
                lines[lines.count - 1].append(cell)
                cell = ""
                lines.append([])
            } else if scalar != "\r" {
                cell.unicodeScalars.append(scalar)
            }
            index += 1
        }
        return lines
    }

    /// The rows of one table, without its name and headings.
    static func rows(_ table: String, of lines: [[String]]) -> [[String]] {
        lines.filter { $0.first == table }.dropFirst().map { Array($0.dropFirst()) }
    }

    /// The text of each page, in the order in which it was drawn, without any white space.
    static func pages(_ pdf: [UInt8], _ mode: String = "-raw") async throws -> [String] {
        let folder = TestDatabase.temporaryFolder()
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Data(pdf).write(to: URL(filePath: folder + "/e.pdf"))
        try await Command.finish([
            "pdftotext", mode, "-enc", "UTF-8", folder + "/e.pdf", folder + "/e.txt",
        ])
        let text = try String(contentsOfFile: folder + "/e.txt", encoding: .utf8)
        return text.components(separatedBy: "\u{0C}").dropLast().map(squeezed)
    }

    static func squeezed(_ text: String) -> String {
        String(text.unicodeScalars.filter { !$0.properties.isWhitespace }.map(Character.init))
    }
}
