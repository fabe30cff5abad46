import CLibXML2

/// Reads the XML of a logo with libxml2's event interface and tells what it meets.
///
/// Nothing is loaded, neither from the network nor from the disk; there are no entities but the five
/// of XML itself, because reading ends at a document type declaration, before its inside.
final class SVGEventReader {
    private let octets: [UInt8]
    private let check: SVGDocumentCheck
    private var context: xmlParserCtxtPtr?
    /// A place in the file and its line; only ever moves on, so that counting lines stays linear.
    private var place = (offset: 0, line: 1)

    /// `octets` must be UTF-8 without NUL.
    init(_ octets: [UInt8], _ check: SVGDocumentCheck) {
        self.octets = octets
        self.check = check
    }

    func read() {
        _ = Self.isLibraryReady
        octets.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress,
                let context = xmlCreateMemoryParserCtxt(
                    base.assumingMemoryBound(to: CChar.self), CInt(clamping: bytes.count))
            else { return check.stopAsMalformed(line: nil, detail: nil) }
            self.context = context
            context.pointee.sax.pointee = Self.events()
            context.pointee.userData = Unmanaged.passUnretained(self).toOpaque()
            xmlCtxtUseOptions(context, Self.options)
            xmlParseDocument(context)
            finish(context)
            if let document = context.pointee.myDoc { xmlFreeDoc(document) }
            xmlFreeParserCtxt(context)
            self.context = nil
        }
    }

    /// The library's tables are made once, before two threads can ask for them.
    private static let isLibraryReady: Bool = {
        xmlInitParser()
        return true
    }()

    /// The declared encoding is ignored, because the file was proved to be UTF-8: a second reading
    /// of it in another encoding is what an attacker would want.
    private static let options = CInt(
        bitPattern: XML_PARSE_NONET.rawValue | XML_PARSE_NOERROR.rawValue
            | XML_PARSE_NOWARNING.rawValue | XML_PARSE_IGNORE_ENC.rawValue
            | XML_PARSE_COMPACT.rawValue)

    private static func events() -> xmlSAXHandler {
        var events = xmlSAXHandler()
        events.initialized = XML_SAX2_MAGIC
        events.internalSubset = { user, _, _, _ in
            SVGEventReader.of(user)?.documentType()
        }
        events.startElementNs = { user, local, prefix, namespace, _, _, count, _, attributes in
            SVGEventReader.of(user)?.start(
                SVGName(local, prefix, namespace), Int(count), attributes)
        }
        events.endElementNs = { user, _, _, _ in
            SVGEventReader.of(user)?.check.end()
        }
        events.characters = { user, octets, count in
            guard let octets else { return }
            SVGEventReader.of(user)?.check.text(
                UnsafeBufferPointer(start: octets, count: Int(count)))
        }
        events.processingInstruction = { user, target, _ in
            guard let reader = SVGEventReader.of(user) else { return }
            reader.check.processingInstruction(target.text, line: reader.lineOfTag())
        }
        return events
    }

    private static func of(_ user: UnsafeMutableRawPointer?) -> SVGEventReader? {
        user.map { Unmanaged<SVGEventReader>.fromOpaque($0).takeUnretainedValue() }
    }

    private func documentType() {
        check.documentType(line: lineOfTag())
        stop()
    }

    private func start(
        _ name: SVGName, _ count: Int, _ pointers: UnsafeMutablePointer<UnsafePointer<xmlChar>?>?
    ) {
        guard !check.isStopped else { return }
        var attributes: [SVGElement.Attribute] = []
        attributes.reserveCapacity(min(count, Limits.svgAttributes + 1))
        // Each attribute is local name, prefix, namespace, first octet and end of the value.
        for index in 0..<min(count, Limits.svgAttributes + 1) {
            guard let pointers else { break }
            let first = pointers + index * 5
            var value = ""
            if let start = first[3], let end = first[4], end >= start {
                value = String(
                    decoding: UnsafeBufferPointer(start: start, count: end - start),
                    as: UTF8.self)
            }
            attributes.append(
                SVGElement.Attribute(name: SVGName(first[0], first[1], first[2]), value: value))
        }
        check.start(SVGElement(name: name, attributes: attributes, line: lineOfTag()))
        if check.isStopped { stop() }
    }

    private func stop() {
        if let context { xmlStopParser(context) }
    }

    private func finish(_ context: xmlParserCtxtPtr) {
        guard !check.isStopped else { return }
        guard context.pointee.wellFormed == 1, context.pointee.nsWellFormed == 1 else {
            var line: Int?
            var detail: String?
            if let error = xmlCtxtGetLastError(context) {
                if error.pointee.line > 0 { line = Int(error.pointee.line) }
                if let message = error.pointee.message { detail = String(cString: message) }
            }
            return check.stopAsMalformed(line: line, detail: detail)
        }
        check.finish()
    }

    /// The line of the `<` of what is being read. libxml2 tells an element when its tag is read
    /// whole, and a tag holds no second `<`.
    private func lineOfTag() -> Int {
        guard let context else { return place.line }
        let consumed = min(max(0, Int(xmlByteConsumed(context))), octets.count)
        return octets.withUnsafeBufferPointer { octets in
            var offset = consumed
            while offset > place.offset {
                offset -= 1
                if octets[offset] == UInt8(ascii: "<") { break }
            }
            for index in place.offset..<max(place.offset, offset)
            where octets[index] == Octet.lineFeed {
                place.line += 1
            }
            place.offset = max(place.offset, offset)
            return place.line
        }
    }
}

extension SVGName {
    fileprivate init(
        _ local: UnsafePointer<xmlChar>?, _ prefix: UnsafePointer<xmlChar>?,
        _ namespace: UnsafePointer<xmlChar>?
    ) {
        self.init(
            local: local.text, prefix: prefix.map { Optional($0).text },
            namespace: namespace.map { Optional($0).text })
    }
}

extension UnsafePointer<xmlChar>? {
    fileprivate var text: String {
        map { String(cString: $0) } ?? ""
    }
}
