import Foundation

/// The time that real servers go by.
enum MachineClock {
    static var seconds: Int64 { Int64(Date().timeIntervalSince1970) }
}
