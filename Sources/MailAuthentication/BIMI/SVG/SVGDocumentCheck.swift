/// Holds what is read of a logo against the rules of SVG Tiny Portable/Secure, tag by tag.
final class SVGDocumentCheck {
    private(set) var result = SVGValidation()
    /// A limit was passed or the rest cannot be read: nothing more is to be told.
    private(set) var isStopped = false

    private struct Open {
        let name: String
        let line: Int
        let index: Int
        /// Nil for an element that is not of the profile: what is in it is judged by itself.
        let content: SVGTinyPSProfile.Content?
        var hasStrayText = false
        var hasChildren = false
    }

    private var open: [Open] = []
    private var uses = SVGUseGraph()
    /// A root without any namespace is told once, and its elements are judged as those of SVG.
    private var namespace: String? = SVGTinyPSProfile.namespace
    private var title: [UInt8]?
    private var titleLine: Int?
    private var rootLine = 1
    private var isInTitle = false
    private static let titleOctets = 1_024

    // MARK: What the reader tells

    func start(_ element: SVGElement) {
        result.elementCount += 1
        guard result.elementCount <= Limits.svgElements else {
            return stop(
                .tooManyElements, "The logo has more than \(Limits.svgElements) elements.",
                line: element.line)
        }
        guard open.count < Limits.svgDepth else {
            return stop(
                .tooDeep, "The logo has more than \(Limits.svgDepth) elements within each other.",
                line: element.line)
        }
        guard element.attributes.count <= Limits.svgAttributes else {
            return stop(
                .tooManyAttributes,
                "<\(element.name.written.reasonExcerpt)> has more than \(Limits.svgAttributes) attributes.",
                line: element.line)
        }
        if open.isEmpty { startRoot(element) }
        let content = judge(element)
        let index = uses.add(parent: open.last?.index)
        SVGAttributeCheck(element, content, isRoot: open.isEmpty).run(
            add: { self.add($0) },
            identifier: { id in
                if !self.uses.name(index, id) {
                    self.add(
                        SVGViolation(
                            .repeatedID, element: element.name.written, attribute: "id",
                            line: element.line,
                            reason: "Two elements have the id “\(id.reasonExcerpt)”."))
                }
            },
            target: { self.uses.point(index, to: $0, line: element.line) })
        if open.count == 1, element.name.local == "title", content != nil { startTitle(element) }
        if !open.isEmpty { open[open.count - 1].hasChildren = true }
        open.append(
            Open(
                name: element.name.written, line: element.line, index: index, content: content))
    }

    func end() {
        guard !isStopped else { return }
        if open.count == 2 { isInTitle = false }
        _ = open.popLast()
    }

    func text(_ octets: UnsafeBufferPointer<UInt8>) {
        guard !isStopped, let last = open.last else { return }
        if isInTitle, let count = title?.count, count < Self.titleOctets {
            title?.append(contentsOf: octets.prefix(Self.titleOctets - count))
        }
        guard let content = last.content, !content.allowsText, !last.hasStrayText,
            octets.contains(where: { !$0.isWhitespace })
        else { return }
        open[open.count - 1].hasStrayText = true
        add(
            SVGViolation(
                .strayText, element: last.name, line: last.line,
                reason:
                    "<\(last.name.reasonExcerpt)> holds text, which is allowed only in text elements."
            ))
    }

    func documentType(line: Int) {
        stop(
            .documentType,
            "The file has a document type declaration (DOCTYPE), which is not allowed because it can"
                + " bring in other files.", line: line)
    }

    func processingInstruction(_ target: String, line: Int) {
        add(
            SVGViolation(
                .processingInstruction, line: line,
                reason:
                    "The file has an instruction for programs (<?\(target.reasonExcerpt)…?>), which is"
                    + " not allowed."))
    }

    func stopAsMalformed(line: Int?, detail: String?) {
        let place = line.map { " at line \($0)" } ?? ""
        let told = detail.map { ": " + $0.filter { !$0.isNewline }.reasonExcerpt } ?? ""
        stop(.notWellFormed, "The file is not readable as XML\(place)\(told).", line: line)
    }

    /// The file was read to its end.
    func finish() {
        if let title {
            let text = String(decoding: title, as: UTF8.self)
            let isBlank = text.unicodeScalars.allSatisfy(\.properties.isWhitespace)
            result.title = isBlank ? nil : text
            if isBlank {
                add(
                    SVGViolation(
                        .titleEmpty, element: "title", line: titleLine,
                        reason: "The title of the logo is empty; it must name the brand."))
            }
        } else {
            add(
                SVGViolation(
                    .titleMissing, element: "svg", line: rootLine,
                    reason: "The logo has no <title> right inside its <svg>."))
        }
        if let violation = uses.violation() { add(violation) }
    }

    func add(_ violation: SVGViolation) {
        if violation.code.isAdvice {
            result.advice.append(violation)
        } else if result.violations.count < Limits.svgViolations {
            result.violations.append(violation)
        } else {
            result.hasMore = true
        }
    }

    // MARK: Rules for elements

    private func startRoot(_ element: SVGElement) {
        rootLine = element.line
        if element.name.local != "svg" {
            add(
                SVGViolation(
                    .rootElement, element: element.name.written, line: element.line,
                    reason:
                        "The file begins with <\(element.name.written.reasonExcerpt)>, not with <svg>."
                ))
        }
        if element.name.namespace == nil {
            namespace = nil
            add(
                SVGViolation(
                    .rootNamespace, element: element.name.written, attribute: "xmlns",
                    line: element.line,
                    reason: "<svg> lacks xmlns=\"\(SVGTinyPSProfile.namespace)\"."))
        } else if element.name.namespace != SVGTinyPSProfile.namespace {
            add(
                SVGViolation(
                    .rootNamespace, element: element.name.written, attribute: "xmlns",
                    line: element.line,
                    reason:
                        "The namespace of <\(element.name.written.reasonExcerpt)> is not that of SVG."
                ))
        }
        if element.name.local == "svg" { SVGRootCheck(element).run { self.add($0) } }
    }

    /// Tells what is wrong with an element in its place; nil when it is not of the profile.
    private func judge(_ element: SVGElement) -> SVGTinyPSProfile.Content? {
        let name = element.name.local
        let isOurs = element.name.namespace == namespace
        if let code = SVGTinyPSProfile.forbidden[name] {
            // A script is one in whatever namespace it stands.
            add(
                SVGViolation(
                    code, element: element.name.written, line: element.line,
                    reason: "<\(name)> \(code.whyForbidden)."))
            return nil
        }
        guard isOurs else {
            if !open.isEmpty {
                add(
                    SVGViolation(
                        .foreignElement, element: element.name.written, line: element.line,
                        reason: "<\(element.name.written.reasonExcerpt)> is no element of SVG."))
            }
            return nil
        }
        guard let content = SVGTinyPSProfile.elements[name] else {
            if !open.isEmpty {
                add(
                    SVGViolation(
                        .elementNotAllowed, element: element.name.written, line: element.line,
                        reason: "<\(name.reasonExcerpt)> is not allowed in SVG Tiny PS."))
            }
            return nil
        }
        if let parent = open.last, let around = parent.content, !around.children.contains(name) {
            add(
                SVGViolation(
                    .elementMisplaced, element: element.name.written, line: element.line,
                    reason: "<\(name)> may not stand in <\(parent.name.reasonExcerpt)>."))
        }
        return content
    }

    private func startTitle(_ element: SVGElement) {
        guard title == nil else {
            return add(
                SVGViolation(
                    .titleRepeated, element: "title", line: element.line,
                    reason: "The logo has more than one <title>."))
        }
        title = []
        titleLine = element.line
        isInTitle = true
        if open[0].hasChildren {
            add(
                SVGViolation(
                    .titleNotFirst, element: "title", line: element.line,
                    reason: "The <title> should be the first element in <svg>."))
        }
    }

    private func stop(_ code: SVGViolation.Code, _ reason: String, line: Int?) {
        add(SVGViolation(code, line: line, reason: reason))
        isStopped = true
    }
}

extension SVGViolation.Code {
    /// Goes on from the name of an element.
    fileprivate var whyForbidden: String {
        switch self {
        case .script: "is not allowed: a logo may not run programs"
        case .animation: "is not allowed: a logo may not move"
        case .interactivity: "is not allowed: a logo may not react to its reader"
        case .rasterImage: "is not allowed: a logo may hold no pixel images"
        case .multimedia: "is not allowed: a logo may hold no sound or film"
        case .foreignObject: "is not allowed: a logo may hold nothing but SVG"
        case .style: "is not allowed: colours and lines are set by attributes of each element"
        default: "is not allowed in SVG Tiny PS"
        }
    }
}
