import CryptoExtras
import Foundation

/// What scrypt costs. Memory is 128 · N · r bytes; time is N · r · p.
package struct ScryptCost: Hashable, Sendable {
    /// 32 MiB, some 90 ms on one core.
    package static let standard = ScryptCost(log2N: 15, r: 8, p: 1)

    package let log2N: Int
    package let r: Int
    package let p: Int

    package init(log2N: Int, r: Int, p: Int) {
        self.log2N = log2N
        self.r = r
        self.p = p
    }

    /// What a stored verifier may ask for: at most 512 MiB.
    var isAcceptable: Bool { (1...18).contains(log2N) && (1...16).contains(r) && (1...4).contains(p) }

    /// RFC 7914. Throws only when memory is short, or for a cost that is no cost.
    package func deriveKey(from password: [UInt8], salt: [UInt8], byteCount: Int) throws -> [UInt8] {
        let key = try KDF.Scrypt.deriveKey(
            from: password, salt: salt, outputByteCount: byteCount, rounds: 1 << log2N, blockSize: r, parallelism: p)
        return key.withUnsafeBytes { Array($0) }
    }
}

/// What is stored of a password: `$scrypt$ln=15,r=8,p=1$<salt>$<key>`, in base64 without padding. Never printed.
package struct PasswordVerifier: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
    static let saltBytes = 16
    static let keyBytes = 32

    package let cost: ScryptCost
    let salt: [UInt8]
    let key: [UInt8]

    init(cost: ScryptCost, salt: [UInt8], key: [UInt8]) {
        self.cost = cost
        self.salt = salt
        self.key = key
    }

    /// Nil for anything but what ``bytes`` writes, and for a cost no one here has asked for.
    package init?(bytes: [UInt8]) {
        guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
        let parts = text.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 5, parts[0].isEmpty, parts[1] == "scrypt", let cost = Self.cost(parts[2]),
            let salt = Self.decode(parts[3]), let key = Self.decode(parts[4]),
            salt.count == Self.saltBytes, key.count == Self.keyBytes
        else { return nil }
        self.init(cost: cost, salt: salt, key: key)
    }

    package var bytes: [UInt8] {
        Array("$scrypt$ln=\(cost.log2N),r=\(cost.r),p=\(cost.p)$\(Self.encode(salt))$\(Self.encode(key))".utf8)
    }

    package var description: String { "scrypt verifier" }
    package var customMirror: Mirror { Mirror(reflecting: description) }

    /// In time that does not depend on where the two differ.
    func matches(_ candidate: [UInt8]) -> Bool {
        candidate.count == key.count && zip(candidate, key).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }

    private static func cost(_ text: Substring) -> ScryptCost? {
        let numbers = zip(["ln=", "r=", "p="], text.split(separator: ",", omittingEmptySubsequences: false)).compactMap
        {
            $1.hasPrefix($0) ? UInt8($1.dropFirst($0.count)).map(Int.init) : nil
        }
        guard numbers.count == 3 else { return nil }
        let cost = ScryptCost(log2N: numbers[0], r: numbers[1], p: numbers[2])
        return cost.isAcceptable ? cost : nil
    }

    private static func encode(_ bytes: [UInt8]) -> String {
        String(Data(bytes).base64EncodedString().prefix { $0 != "=" })
    }

    private static func decode(_ text: Substring) -> [UInt8]? {
        let padding = String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        return Data(base64Encoded: text + padding).map(Array.init)
    }
}
