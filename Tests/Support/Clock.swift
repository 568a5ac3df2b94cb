internal import Foundation

/// Milliseconds since 1970, as devices stamp their edits.
package func currentMilliseconds() -> UInt64 { UInt64(Date().timeIntervalSince1970 * 1_000) }
