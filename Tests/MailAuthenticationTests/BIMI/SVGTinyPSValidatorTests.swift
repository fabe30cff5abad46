import FoundationEssentials
import MailAuthentication
import Testing

@Suite struct SVGTinyPSValidatorTests {
    private func validate(_ text: String) -> SVGValidation {
        SVGTinyPSValidator().validate(Array(text.utf8))
    }

    /// A good logo around what is tried.
    private func logo(_ inner: String, root: String = "") -> String {
        """
        <svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" \
        version="1.2" baseProfile="tiny-ps" viewBox="0 0 10 10" \(root)>
        <title>T</title>
        \(inner)
        </svg>
        """
    }

    @Test func `a good logo is valid`() {
        let result = validate(BIMISample.logo)
        #expect(result.isValid && result.advice.isEmpty, "\(result)")
        #expect(result.title == "Example")
        #expect(result.elementCount == 4)
        #expect(result.problem == nil)
    }

    @Test func `everything that the profile knows is taken`() {
        let result = validate(
            logo(
                """
                <desc>A</desc><metadata>about</metadata>
                <defs><linearGradient id="g" gradientUnits="userSpaceOnUse" x1="0" y1="0" x2="1"
                 y2="1"><stop offset="0" stop-color="#fff"/></linearGradient>
                <radialGradient id="r" cx="1" cy="1" r="1"/><solidColor solid-color="red"/>
                <path id="p" d="M0 0z" pathLength="1"/></defs>
                <g fill="url(#g)" transform="scale(2)" class="a b"><use xlink:href="#p" x="1"/>
                <use href="#p"/><ellipse rx="1" ry="2"/><line x1="0" x2="1"/>
                <polyline points="0,0"/><polygon points="0,0" fill="url( '#r' )"/></g>
                <text x="1" y="2" font-family="Arial" xml:space="preserve">Hi &amp; ho</text>
                <textArea width="3" height="4"><![CDATA[x]]></textArea><!-- a comment -->
                """,
                root: "width=\"20mm\" height=\"20mm\" xml:lang=\"en\""
                    + " preserveAspectRatio=\"xMidYMid meet\""))
        #expect(result.isValid && result.advice.isEmpty, "\(result)")
    }

    struct Case: CustomTestStringConvertible, Sendable {
        let inner: String
        let code: SVGViolation.Code
        let element: String?
        let attribute: String?

        init(
            _ inner: String, _ code: SVGViolation.Code, _ element: String?,
            _ attribute: String? = nil
        ) {
            self.inner = inner
            self.code = code
            self.element = element
            self.attribute = attribute
        }

        var testDescription: String { inner }
    }

    static let cases: [Case] = [
        Case("<script>alert(1)</script>", .script, "script"),
        Case("<x:script xmlns:x=\"urn:x\"/>", .script, "x:script"),
        Case("<handler/>", .script, "handler"),
        Case("<rect onclick=\"a()\"/>", .eventAttribute, "rect", "onclick"),
        Case("<rect ONLOAD=\"a()\"/>", .eventAttribute, "rect", "ONLOAD"),
        Case("<use href=\" java&#10;script:a()\"/>", .script, "use", "href"),
        Case("<rect fill=\"JavaScript:a\"/>", .script, "rect", "fill"),
        Case("<animate/>", .animation, "animate"), Case("<set/>", .animation, "set"),
        Case("<rect><animateTransform/></rect>", .animation, "animateTransform"),
        Case("<a href=\"#x\"/>", .interactivity, "a"),
        Case("<image href=\"#x\"/>", .rasterImage, "image"),
        Case("<video/>", .multimedia, "video"), Case("<audio/>", .multimedia, "audio"),
        Case("<foreignObject/>", .foreignObject, "foreignObject"),
        Case("<style>a{}</style>", .style, "style"),
        Case("<rect style=\"fill:red\"/>", .style, "rect", "style"),
        Case(
            "<use xlink:href=\"https://example.com/a.svg#b\"/>", .externalReference, "use",
            "xlink:href"),
        Case("<use href=\"other.svg#a\"/>", .externalReference, "use", "href"),
        Case("<use href=\"data:image/png;base64,AA\"/>", .embeddedData, "use", "href"),
        Case("<rect fill=\"url(http://a/b)\"/>", .externalReference, "rect", "fill"),
        Case(
            "<rect fill=\"url(#a)\" stroke=\"url(#b) URL( 'b.svg#a')\"/>", .externalReference,
            "rect", "stroke"),
        Case("<rect fill=\"u\\72l(http://a)\"/>", .attributeValue, "rect", "fill"),
        Case("<g xml:base=\"https://a/\"/>", .externalReference, "g", "xml:base"),
        Case("<x:y xmlns:x=\"urn:x\"/>", .foreignElement, "x:y"),
        Case("<g xmlns:x=\"urn:x\" x:y=\"1\"/>", .foreignAttribute, "g", "x:y"),
        Case("<filter/>", .elementNotAllowed, "filter"),
        Case("<text><tspan>a</tspan></text>", .elementNotAllowed, "tspan"),
        Case("<clipPath/>", .elementNotAllowed, "clipPath"),
        Case("<stop/>", .elementMisplaced, "stop"),
        Case("<g><title>x</title></g>", .elementMisplaced, "title"),
        Case("<svg version=\"1.2\"/>", .elementMisplaced, "svg"),
        Case("<rect opacity=\"1\"/>", .attributeNotAllowed, "rect", "opacity"),
        Case("<g width=\"1\"/>", .attributeNotAllowed, "g", "width"),
        Case("<g href=\"#a\"/>", .attributeNotAllowed, "g", "href"),
        Case(
            "<linearGradient gradientTransform=\"none\"/>", .attributeNotAllowed,
            "linearGradient", "gradientTransform"),
        Case("<rect stroke-linecap=\"wide\"/>", .attributeValue, "rect", "stroke-linecap"),
        Case("<text editable=\"simple\"/>", .attributeValue, "text", "editable"),
        Case("<g>words</g>", .strayText, "g"),
        Case("<g id=\"a\"/><g id=\"a\"/>", .repeatedID, "g", "id"),
        Case("<g id=\"a\"><use href=\"#a\"/></g>", .useLoop, "use", "href"),
        Case(
            "<use id=\"a\" href=\"#b\"/><use id=\"b\" href=\"#a\"/>", .useLoop, "use", "href"),
        Case("<?xml-stylesheet href=\"a\"?>", .processingInstruction, nil),
        Case("<title>U</title>", .titleRepeated, "title"),
    ]

    @Test(arguments: cases) func `each violation is named with its place`(wanted: Case) {
        let result = validate(logo(wanted.inner))
        let found = result.violations.first
        #expect(found?.code == wanted.code, "\(result.violations)")
        #expect(result.violations.count == 1, "\(result.violations)")
        #expect(found?.element == wanted.element)
        #expect(found?.attribute == wanted.attribute)
        #expect(found?.line == 3)
        #expect(found?.reason.hasSuffix(".") == true)
    }

    @Test(arguments: [
        ("version=\"1.1\" baseProfile=\"tiny-ps\"", SVGViolation.Code.version),
        ("baseProfile=\"tiny-ps\"", .version), ("version=\"1.2\"", .baseProfile),
        ("version=\"1.2\" baseProfile=\"tiny\"", .baseProfile),
        ("version=\"1.2\" baseProfile=\"tiny-ps\" x=\"0\"", .rootPosition),
        ("version=\"1.2\" baseProfile=\"tiny-ps\" y=\"0\"", .rootPosition),
        ("version=\"1.2\" baseProfile=\"tiny-ps\" zoomAndPan=\"magnify\"", .attributeValue),
        (
            "version=\"1.2\" baseProfile=\"tiny-ps\" preserveAspectRatio=\"xMinYMin slice\"",
            .attributeValue
        ),
        ("version=\"1.2\" baseProfile=\"tiny-ps\" onload=\"a\"", .eventAttribute),
    ])
    func `rules for the root are kept`(attributes: String, code: SVGViolation.Code) {
        let result = validate(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1 1\" \(attributes)>"
                + "<title>T</title></svg>")
        #expect(result.violations.map(\.code) == [code])
        #expect(result.violations.first?.element == "svg")
    }

    @Test(arguments: [
        ("viewBox=\"0 0 10\"", SVGViolation.Code.viewBoxInvalid),
        ("viewBox=\"0 0 0 0\"", .viewBoxInvalid), ("viewBox=\"a b c d\"", .viewBoxInvalid),
        ("viewBox=\"0 0 nan 1\"", .viewBoxInvalid), ("viewBox=\"0,0,1e999,1\"", .viewBoxInvalid),
    ])
    func `a view box that is none is told`(attributes: String, code: SVGViolation.Code) {
        #expect(root(attributes).violations.map(\.code) == [code])
    }

    @Test(arguments: [
        ("viewBox=\"0 0 400 484\"", [SVGViolation.Code.notSquare]),
        ("viewBox=\"0 0 2644.0798 2644\"", []), ("viewBox=\"-1,-1 , 2,2\"", []),
        ("width=\"10\" height=\"10\"", [.viewBoxMissing]), ("", [.viewBoxMissing]),
        ("width=\"10px\" height=\"20px\"", [.viewBoxMissing, .notSquare]),
    ])
    func `a shape that is not square is advised against`(
        attributes: String, codes: [SVGViolation.Code]
    ) {
        let result = root(attributes)
        #expect(result.isValid)
        #expect(result.advice.map(\.code) == codes)
    }

    private func root(_ attributes: String) -> SVGValidation {
        validate(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" version=\"1.2\" baseProfile=\"tiny-ps\""
                + " \(attributes)><title>T</title></svg>")
    }

    @Test func `a title must be there and say something`() {
        let start =
            "<svg xmlns=\"http://www.w3.org/2000/svg\" version=\"1.2\""
            + " baseProfile=\"tiny-ps\" viewBox=\"0 0 1 1\">"
        #expect(validate(start + "</svg>").violations.map(\.code) == [.titleMissing])
        let empty = validate(start + "<title> \n&#xA0;</title></svg>")
        #expect(empty.violations.map(\.code) == [.titleEmpty])
        let late = validate(start + "<g/><title>T</title></svg>")
        #expect(late.isValid && late.advice.map(\.code) == [.titleNotFirst])
    }

    @Test func `a root of another kind is told once`() {
        let inner = "version=\"1.2\" baseProfile=\"tiny-ps\" viewBox=\"0 0 1 1\""
        let bare = validate("<svg \(inner)><title>T</title><rect/></svg>")
        #expect(bare.violations.map(\.code) == [.rootNamespace])
        let other = validate("<html><body/></html>")
        #expect(other.violations.contains { $0.code == .rootElement })
        let prefixed = validate(
            "<s:svg xmlns:s=\"http://www.w3.org/2000/svg\" \(inner)><s:title>T</s:title></s:svg>")
        #expect(prefixed.isValid)
    }

    @Test func `a violation names the line on which its tag begins`() {
        let result = validate(
            logo("<g\n\n fill=\"red\"\n>\n<rect\n  x=\"1\"\n  opacity=\"1\"/></g>\n<set/>"))
        #expect(result.violations.map(\.line) == [7, 10])
    }
}
