/// Which elements draw which others again with `use`.
///
/// A few lines of `use` that each point twice at the one before draw millions of elements: the
/// attack of the "billion laughs" without any entity.
struct SVGUseGraph {
    private var children: [[Int]] = []
    private var targets: [(name: String, line: Int)?] = []
    private var identifiers: [String: Int] = [:]

    /// Adds an element and gives its number.
    mutating func add(parent: Int?) -> Int {
        let index = children.count
        children.append([])
        targets.append(nil)
        if let parent { children[parent].append(index) }
        return index
    }

    /// Whether no other element has this name.
    mutating func name(_ index: Int, _ identifier: String) -> Bool {
        if let other = identifiers[identifier] { return other == index }
        identifiers[identifier] = index
        return true
    }

    mutating func point(_ index: Int, to identifier: String, line: Int) {
        targets[index] = (identifier, line)
    }

    private enum State {
        case unseen
        /// On the way from the root: met again, it is in itself.
        case open
        case drawn(Int)
    }

    /// A `use` that leads back to itself, or too much to draw.
    func violation() -> SVGViolation? {
        guard !children.isEmpty else { return nil }
        var states = [State](repeating: .unseen, count: children.count)
        // Without recursion: a chain of `use` can be as long as the file allows.
        var path = [(index: 0, next: 0, sum: 1)]
        states[0] = .open
        while let top = path.last {
            guard let next = edge(of: top.index, top.next) else {
                path.removeLast()
                guard top.sum <= Limits.svgDrawnElements else { return expansion() }
                states[top.index] = .drawn(top.sum)
                if !path.isEmpty { path[path.count - 1].sum &+= top.sum }
                continue
            }
            switch states[next] {
            case .open:
                return SVGViolation(
                    .useLoop, element: "use", attribute: "href", line: targets[top.index]?.line,
                    reason: "A <use> leads back to itself.")
            case .drawn(let sum):
                path[path.count - 1].next += 1
                path[path.count - 1].sum &+= sum
                guard path[path.count - 1].sum <= Limits.svgDrawnElements else {
                    return expansion()
                }
            case .unseen:
                path[path.count - 1].next += 1
                states[next] = .open
                path.append((next, 0, 1))
            }
        }
        return nil
    }

    /// The children of an element, then what it points at.
    private func edge(of index: Int, _ number: Int) -> Int? {
        if number < children[index].count { return children[index][number] }
        guard number == children[index].count, let target = targets[index] else { return nil }
        return identifiers[target.name]
    }

    private func expansion() -> SVGViolation {
        SVGViolation(
            .useExpansion, element: "use",
            reason: "With each <use> replaced by what it points at, the logo has more than"
                + " \(Limits.svgDrawnElements) elements.")
    }
}
