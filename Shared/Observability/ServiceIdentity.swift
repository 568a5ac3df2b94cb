/// Which program this is, and which of its running copies.
package struct ServiceIdentity: Hashable, Sendable {
    /// The program: `gateway`, `bridge`, …
    package let role: String
    /// Unique among running copies: the role and four hex digits, such as `gateway-4f3a`, unless it was given.
    package let instance: String

    /// `instance` empty: a random one.
    package init(role: String, instance: String = "") {
        self.role = role
        self.instance = instance.isEmpty ? "\(role)-\(Self.randomSuffix())" : instance
    }

    private static func randomSuffix() -> String {
        let digits = String(UInt16.random(in: .min ... .max), radix: 16)
        return String(repeating: "0", count: 4 - digits.count) + digits
    }
}
