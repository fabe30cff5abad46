import FoundationEssentials
import MailAuthentication
import Testing

/// The file around the drawing: encodings, compression, limits and attacks on the parser.
@Suite struct SVGFileTests {
    private func validate(_ text: String) -> SVGValidation {
        SVGTinyPSValidator().validate(Array(text.utf8))
    }

    private func codes(_ octets: [UInt8]) -> [SVGViolation.Code] {
        SVGTinyPSValidator().validate(octets).violations.map(\.code)
    }

    private func open(_ inner: String) -> String {
        "<svg xmlns=\"http://www.w3.org/2000/svg\" version=\"1.2\" baseProfile=\"tiny-ps\""
            + " viewBox=\"0 0 1 1\"><title>T</title>" + inner
    }

    @Test func `a compressed logo is opened`() throws {
        let file = try #require(
            Data(base64Encoded: BIMISample.compressedLogo, options: .ignoreUnknownCharacters))
        #expect(codes(Array(file)) == [])
        #expect(codes(Array(file.dropLast(9))) == [.damagedCompression])
        #expect(codes(Array(file) + [0]) == [.damagedCompression])
        #expect(codes([0x1F, 0x8B]) == [.damagedCompression])
    }

    @Test func `a compressed file that grows beyond the limit is refused`() throws {
        let bomb = try #require(
            Data(base64Encoded: BIMISample.bomb, options: .ignoreUnknownCharacters))
        #expect(codes(Array(bomb)) == [.tooLarge])
    }

    @Test func `files that are no text are told`() {
        #expect(codes([]) == [.empty])
        #expect(codes([0xFF, 0xFE, 0x3C, 0x00]) == [.notUTF8])
        #expect(codes(Array("<svg>".utf8) + [0xC3, 0x28]) == [.notUTF8])
        #expect(codes(Array("<svg>".utf8) + [0]) == [.notUTF8])
        #expect(codes(Array("hello".utf8)) == [.notWellFormed])
        #expect(codes(Array("\u{FEFF}".utf8)) == [.notWellFormed])
        #expect(codes([0xEF, 0xBB, 0xBF] + Array(BIMISample.logo.utf8)) == [])
    }

    @Test(arguments: ["iso-8859-1", "UTF-7", "utf-16"])
    func `a declared encoding other than UTF-8 is refused`(name: String) {
        let result = validate("<?xml version='1.0' encoding='\(name)'?>" + open("</svg>"))
        #expect(result.violations.map(\.code) == [.encoding])
        #expect(validate("<?xml version='1.0' encoding='utf-8'?>" + open("</svg>")).isValid)
    }

    @Test(arguments: [
        "<svg", "<svg><g></svg>", "<svg a='1' a='2'/>", "<svg>&lol;</svg>", "<svg></svg><svg/>",
        "<svg>\u{1}</svg>", "<x:svg/>", "<svg a='<'/>",
    ])
    func `XML with a mistake is refused with its line`(text: String) {
        let result = validate(text)
        #expect(result.violations.last?.code == .notWellFormed, "\(result)")
        #expect(result.violations.last?.line == 1)
    }

    @Test func `a document type is refused before its entities are read`() {
        var entities = "<!ENTITY a0 \"ha\">"
        for level in 1..<60 {
            entities += "<!ENTITY a\(level) \"&a\(level - 1);&a\(level - 1);\">"
        }
        let laughs = "<?xml version=\"1.0\"?>\n<!DOCTYPE svg [\(entities)]>\n" + open("&a59;</svg>")
        let result = validate(laughs)
        #expect(result.violations.map(\.code) == [.documentType])
        #expect(result.violations.first?.line == 2)
        let outside = "<!DOCTYPE svg SYSTEM \"file:///etc/passwd\"><svg/>"
        #expect(validate(outside).violations.map(\.code) == [.documentType])
        let parameter = "<!DOCTYPE svg [<!ENTITY % p SYSTEM \"http://192.0.2.1/\"> %p;]><svg/>"
        #expect(validate(parameter).violations.map(\.code) == [.documentType])
    }

    // MARK: Limits

    @Test func `size is advised on above 32 KB and refused above the limit`() {
        let base = open("</svg>")
        func padded(_ size: Int) -> String {
            base + String(repeating: " ", count: size - base.utf8.count)
        }
        #expect(validate(padded(Limits.svgRecommendedOctets)).advice.isEmpty)
        let large = validate(padded(Limits.svgOctets))
        #expect(large.isValid && large.advice.map(\.code) == [.largerThanRecommended])
        #expect(
            validate(padded(Limits.svgOctets + 1)).violations.map(\.code) == [.tooLarge])
    }

    @Test func `depth is limited`() {
        func nested(_ depth: Int) -> String {
            open(
                String(repeating: "<g>", count: depth - 1)
                    + String(repeating: "</g>", count: depth - 1) + "</svg>")
        }
        #expect(validate(nested(Limits.svgDepth)).isValid)
        #expect(
            validate(nested(Limits.svgDepth + 1)).violations.map(\.code) == [.tooDeep])
        #expect(validate(nested(10_000)).violations.map(\.code) == [.tooDeep])
    }

    @Test func `elements are limited`() {
        func many(_ count: Int) -> String {
            open(String(repeating: "<g/>", count: count - 2) + "</svg>")
        }
        #expect(validate(many(Limits.svgElements)).isValid)
        #expect(
            validate(many(Limits.svgElements + 1)).violations.map(\.code) == [.tooManyElements])
    }

    @Test func `attributes are limited`() {
        func many(_ count: Int) -> SVGValidation {
            let names = (0..<count).map { "a\($0)=\"\"" }.joined(separator: " ")
            return validate(open("<g \(names)/></svg>"))
        }
        let most = many(Limits.svgAttributes).violations.map(\.code)
        #expect(!most.contains(.tooManyAttributes))
        #expect(many(Limits.svgAttributes + 1).violations.map(\.code) == [.tooManyAttributes])
    }

    @Test func `violations are limited, and that there are more is told`() {
        func many(_ count: Int) -> SVGValidation {
            validate(open(String(repeating: "<set/>", count: count) + "</svg>"))
        }
        #expect(!many(Limits.svgViolations).hasMore)
        let more = many(Limits.svgViolations + 1)
        #expect(more.hasMore && more.violations.count == Limits.svgViolations)
        #expect(more.problem?.contains("99 more") == true)
    }

    @Test func `elements that use draws again and again are limited`() {
        /// Each level draws the one before twice.
        func doubled(_ levels: Int) -> SVGValidation {
            var text = "<g id=\"g0\"/>"
            for level in 1...levels {
                let use = "<use href=\"#g\(level - 1)\"/>"
                text += "<g id=\"g\(level)\">\(use)\(use)</g>"
            }
            return validate(open(text + "</svg>"))
        }
        #expect(doubled(8).isValid)
        #expect(doubled(40).violations.map(\.code) == [.useExpansion])
        #expect(doubled(1_500).violations.map(\.code) == [.useExpansion])
    }

    @Test func `a long chain of use is followed without end of the stack`() {
        var text = "<g id=\"u0\"/>"
        for index in 1..<6_000 { text += "<use id=\"u\(index)\" href=\"#u\(index - 1)\"/>" }
        let chain = validate(open(text + "</svg>"))
        #expect(chain.violations.map(\.code) == [.useExpansion])
        var back = ""
        for index in 0..<5_000 { back += "<use id=\"u\(index)\" href=\"#u\(index + 1)\"/>" }
        let loop = validate(open(back + "<use id=\"u5000\" href=\"#u0\"/></svg>"))
        #expect(loop.violations.map(\.code) == [.useLoop])
    }

    @Test func `hostile files take no long time`() {
        let clock = ContinuousClock()
        let took = clock.measure {
            _ = validate(open(String(repeating: "<g>url(", count: 60_000)))
            let attribute = String(repeating: "url(", count: 60_000)
            _ = validate(open("<rect fill=\"\(attribute)\"/></svg>"))
            _ = validate(String(repeating: "<", count: 200_000))
            _ = validate(open(String(repeating: "&amp;", count: 50_000) + "</svg>"))
            _ = validate(open(String(repeating: "<!---->", count: 35_000) + "</svg>"))
            _ = validate(open(String(repeating: "\n<set\n/>", count: 19_000) + "</svg>"))
        }
        #expect(took < .seconds(5))
    }
}
