/// A value of many fields behind one reference, for those that are handed on more often than they
/// are looked into.
final class Boxed<Value: Sendable>: Sendable {
    let value: Value

    init(_ value: Value) { self.value = value }
}
