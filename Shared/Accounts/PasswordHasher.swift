import Foundation

package enum PasswordHasherError: Error, Hashable, Sendable {
    /// Too many wait already; nothing was computed. Try again in a second.
    case busy
    /// No memory for it.
    case failed
}

/// Hashes and checks passwords on threads of its own, so many at once that memory and the other work stay within bounds.
package final class PasswordHasher: Sendable {
    /// A check waits for at most this many before it, which take some seconds.
    package static let waitingMax = 64
    /// Each takes 32 MiB at the standard cost.
    package static let runningMax = max(1, min(8, ProcessInfo.processInfo.activeProcessorCount))

    private let cost: ScryptCost
    private let threads: BoundedThreads

    package init(
        cost: ScryptCost = .standard, runningMax: Int = PasswordHasher.runningMax,
        waitingMax: Int = PasswordHasher.waitingMax
    ) {
        self.cost = cost
        threads = BoundedThreads(label: "larder.passwords", runningMax: runningMax, waitingMax: waitingMax)
    }

    /// With a new random salt.
    package func verifier(for password: Password) async throws(PasswordHasherError) -> PasswordVerifier {
        let salt = (0..<PasswordVerifier.saltBytes).map { _ in UInt8.random(in: .min ... .max) }
        let key = try await derive(password, salt, cost)
        return PasswordVerifier(cost: cost, salt: salt, key: key)
    }

    /// Nil, for someone who does not exist, is false and costs the same as a wrong password.
    package func matches(
        _ password: Password, _ verifier: PasswordVerifier?
    ) async throws(PasswordHasherError) -> Bool {
        let salt = verifier?.salt ?? Array(repeating: 0, count: PasswordVerifier.saltBytes)
        let key = try await derive(password, salt, verifier?.cost ?? cost)
        let isPossible = !password.bytes.isEmpty && password.bytes.count <= Password.bytesMax
        return verifier?.matches(key) == true && isPossible
    }

    /// True if the verifier was made at another cost than is used now: make a new one at the next log-in.
    package func needsRenewal(_ verifier: PasswordVerifier) -> Bool {
        verifier.cost != cost
    }

    private func derive(
        _ password: Password, _ salt: [UInt8], _ cost: ScryptCost
    ) async throws(PasswordHasherError) -> [UInt8] {
        // Never empty: the key derivation takes the address of the first byte.
        let bytes = password.bytes.isEmpty ? [0] : Array(password.bytes.prefix(Password.bytesMax))
        let result = await threads.run {
            try? cost.deriveKey(from: bytes, salt: salt, byteCount: PasswordVerifier.keyBytes)
        }
        guard let result else { throw .busy }
        guard let key = result else { throw .failed }
        return key
    }
}
