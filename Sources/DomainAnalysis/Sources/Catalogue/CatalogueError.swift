/// Why a sender catalogue was refused: the line, what is wrong with it and what to do.
public struct CatalogueError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Counted from 1; the header is line 1.
    public var line: Int
    public var problem: String
    public var cure: String

    public init(line: Int, problem: String, cure: String) {
        self.line = line
        self.problem = problem
        self.cure = cure
    }

    public var description: String { "Catalogue line \(line): \(problem) \(cure)" }
}
