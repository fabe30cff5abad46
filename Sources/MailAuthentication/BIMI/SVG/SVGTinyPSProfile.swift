/// The elements, attributes and values of SVG Tiny Portable/Secure, as the schema of
/// draft-svg-tiny-ps-abrotman lists them.
enum SVGTinyPSProfile {
    static let namespace = "http://www.w3.org/2000/svg"
    static let linkNamespace = "http://www.w3.org/1999/xlink"
    static let xmlNamespace = "http://www.w3.org/XML/1998/namespace"

    /// What one element may hold.
    struct Content: Sendable {
        let attributes: Set<String>
        let children: Set<String>
        let allowsText: Bool
    }

    /// By name; an element that is not here is not allowed.
    static let elements: [String: Content] = [
        "svg": Content(
            attributes: core.union(properties).union([
                "baseProfile", "contentScriptType", "externalResourcesRequired", "focusable",
                "height", "playbackOrder", "preserveAspectRatio", "snapshotTime", "timelineBegin",
                "version", "viewBox", "width", "zoomAndPan",
            ]), children: drawings.union(["title", "desc", "metadata"]), allowsText: false),
        "title": description, "desc": description,
        "metadata": Content(attributes: [], children: [], allowsText: true),
        "g": drawing([], children: drawings),
        "defs": Content(
            attributes: core.union(properties), children: drawings, allowsText: false),
        "use": drawing(["href", "x", "y"]),
        "path": drawing(["d", "pathLength"]),
        "rect": drawing(["x", "y", "width", "height", "rx", "ry"]),
        "circle": drawing(["cx", "cy", "r"]),
        "ellipse": drawing(["cx", "cy", "rx", "ry"]),
        "line": drawing(["x1", "y1", "x2", "y2"]),
        "polyline": drawing(["points"]), "polygon": drawing(["points"]),
        "text": drawing(["editable", "rotate", "x", "y"], allowsText: true),
        "textArea": drawing(["x", "y", "width", "height"], allowsText: true),
        "linearGradient": paint(["gradientUnits", "x1", "y1", "x2", "y2"], children: ["stop"]),
        "radialGradient": paint(["gradientUnits", "cx", "cy", "r"], children: ["stop"]),
        "solidColor": paint([]),
        "stop": paint(["offset"]),
    ]

    /// Attributes that take these values only.
    static let values: [String: Set<String>] = [
        "baseProfile": ["tiny-ps"], "version": ["1.2"], "focusable": ["false"],
        "externalResourcesRequired": ["false"], "playbackOrder": ["all"],
        "snapshotTime": ["none"], "timelineBegin": ["onLoad"], "zoomAndPan": ["disable"],
        "editable": ["none"],
        "gradientUnits": ["userSpaceOnUse", "objectBoundingBox"],
        "fill-rule": ["nonzero", "evenodd", "inherit"],
        "stroke-linecap": ["butt", "round", "square", "inherit"],
        "stroke-linejoin": ["miter", "round", "bevel", "inherit"],
        "text-anchor": ["start", "middle", "end", "inherit"],
        "text-align": ["start", "center", "end", "inherit"],
        "direction": ["ltr", "rtl", "inherit"],
        "unicode-bidi": ["normal", "embed", "bidi-override", "inherit"],
        "vector-effect": ["none", "non-scaling-stroke", "inherit"],
        "color-rendering": ["auto", "optimizeSpeed", "optimizeQuality", "inherit"],
        "display-align": ["auto", "before", "center", "after", "inherit"],
        "font-style": ["normal", "italic", "oblique", "inherit"],
        "font-variant": ["normal", "small-caps", "inherit"],
        "font-weight": [
            // The schema has the words only; the numbers are those of SVG Tiny 1.2 §10.8.
            "normal", "bold", "bolder", "lighter", "inherit", "100", "200", "300", "400", "500",
            "600", "700", "800", "900",
        ],
        "display": [
            "inline", "block", "list-item", "run-in", "compact", "marker", "table",
            "inline-table", "table-row-group", "table-header-group", "table-footer-group",
            "table-row", "table-column-group", "table-column", "table-cell", "table-caption",
            "none", "inherit",
        ],
        "visibility": ["visible", "hidden", "collapse", "inherit"],
        "buffered-rendering": ["auto", "dynamic", "static", "inherit"],
        "image-rendering": ["auto", "optimizeSpeed", "optimizeQuality", "inherit"],
        "shape-rendering": [
            "auto", "optimizeSpeed", "crispEdges", "geometricPrecision", "inherit",
        ],
        "text-rendering": [
            "auto", "optimizeSpeed", "optimizeLegibility", "geometricPrecision", "inherit",
        ],
        "xml:space": ["default", "preserve"],
    ]

    /// Elements of SVG that run or load something, with the rule that each breaks.
    static let forbidden: [String: SVGViolation.Code] = [
        "script": .script, "handler": .script, "listener": .script,
        "animate": .animation, "animateColor": .animation, "animateMotion": .animation,
        "animateTransform": .animation, "set": .animation, "mpath": .animation,
        "discard": .animation, "prefetch": .animation,
        "a": .interactivity, "view": .interactivity, "cursor": .interactivity,
        "image": .rasterImage, "feImage": .rasterImage,
        "audio": .multimedia, "video": .multimedia, "animation": .multimedia,
        "tbreak": .elementNotAllowed,
        "foreignObject": .foreignObject, "style": .style,
    ]

    /// Attributes whose value is or holds an address.
    static let references: Set<String> = ["href", "xlink:href", "src", "xml:base"]

    private static let core: Set<String> = [
        "about", "class", "content", "datatype", "id", "property", "rel", "resource", "rev",
        "role", "typeof", "xml:base", "xml:id", "xml:lang", "xml:space",
    ]
    private static let properties: Set<String> = [
        "color", "color-rendering", "direction", "display-align", "fill", "fill-opacity",
        "fill-rule", "font-family", "font-size", "font-style", "font-variant", "font-weight",
        "line-increment", "solid-color", "solid-opacity", "stop-color", "stop-opacity", "stroke",
        "stroke-dasharray", "stroke-dashoffset", "stroke-linecap", "stroke-linejoin",
        "stroke-miterlimit", "stroke-opacity", "stroke-width", "text-align", "text-anchor",
        "unicode-bidi", "vector-effect",
    ]
    private static let drawings: Set<String> = [
        "circle", "defs", "ellipse", "g", "line", "linearGradient", "path", "polygon", "polyline",
        "radialGradient", "rect", "solidColor", "text", "textArea", "use",
    ]
    private static let description = Content(
        attributes: core.union([
            "buffered-rendering", "display", "image-rendering", "requiredFonts",
            "shape-rendering", "systemLanguage", "text-rendering", "viewport-fill",
            "viewport-fill-opacity", "visibility",
        ]), children: [], allowsText: true)

    /// Something that is drawn: it can be moved, and left out where a font is missing.
    private static func drawing(
        _ own: Set<String>, children: Set<String> = [], allowsText: Bool = false
    ) -> Content {
        Content(
            attributes: core.union(properties).union(own).union([
                "requiredFonts", "systemLanguage", "transform",
            ]), children: children, allowsText: allowsText)
    }

    /// Something that others are painted with.
    private static func paint(_ own: Set<String>, children: Set<String> = []) -> Content {
        Content(
            attributes: core.union(properties).union(own), children: children, allowsText: false)
    }
}
