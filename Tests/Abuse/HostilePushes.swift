internal import Accounts
internal import Foundation
package import ListCRDT
package import SyncProtocol
package import TestStack
internal import TestSupport

/// Pushes that break a rule of sync, and the status each gets.
package struct HostilePush: Sendable, CustomStringConvertible {
    package let name: String
    package let request: SyncRequest
    package let status: SyncStatus

    package var description: String { name }
}

/// A device that knows a list and means no good.
package struct HostileDevice: Sendable {
    private static let yearMilliseconds: UInt64 = 366 * 24 * 3_600 * 1_000

    package let list: DocumentID
    private let now: UInt64

    package init(list: DocumentID, now: UInt64 = currentMilliseconds()) {
        self.list = list
        self.now = now
    }

    package var pushes: [HostilePush] {
        [
            push("a stamp a year ahead", .clockAhead) { device in
                device.add("from the future", now: now + Self.yearMilliseconds)
            },
            push("a name of 501 characters", .invalid) { $0.add(String(repeating: "é", count: 501), now: now) },
            push("a note of 10,001 characters", .invalid) { device in
                device.edit(
                    device.nextItem,
                    [.set(.name, .string("x")), .set(.note, .string(String(repeating: "x", count: 10_001)))],
                    now: now)
            },
            push("a position of 5,000 bytes", .invalid) { device in
                let position = [UInt8](repeating: 1, count: 5_000)
                device.edit(
                    device.nextItem, [.set(.name, .string("x")), .set(.position, .bytes(position))], now: now)
            },
            nameless, stolen, gatewaysOwn, suppressing,
            HostilePush(name: "an account", request: asking(.account, list), status: .forbidden),
            HostilePush(
                name: "another's shelf",
                request: asking(.shelf, .shelfDocument(UserID(high: 1, low: 2))), status: .forbidden),
            HostilePush(
                name: "a list that nobody founded", request: asking(.list, .init(high: 1, low: 2)), status: .gone),
        ]
    }

    private func push(_ name: String, _ status: SyncStatus, _ edit: (inout RawDevice) -> Void) -> HostilePush {
        var device = RawDevice(list: list)
        edit(&device)
        return HostilePush(name: name, request: device.request(), status: status)
    }

    /// An item that is checked, and nothing else.
    private var nameless: HostilePush {
        let dot = Dot(ReplicaID(rawValue: .random(in: 1..<(1 << 63))), 1)
        var fields = Fields()
        fields.apply(.set(.checked, .bool(true)), stamp: Stamp(time: now << 16, replica: dot.replica))
        let change = EntryDelta(covered: Context(), versions: [Version(dot: dot, fields: fields)])
        let delta = Delta(kind: .list, key: EntryKey(.items, EntryID(dot: dot)), change)
        let part = SyncRequest.Part(id: list, kind: .list, context: Context(), delta: delta)
        let request = SyncRequest(replica: dot.replica, documents: [part])
        return HostilePush(name: "an item without a name", request: request, status: .invalid)
    }

    /// Another replica's operations, sent as one's own.
    private var stolen: HostilePush {
        var device = RawDevice(list: list)
        device.add("not mine", now: now)
        var request = device.request()
        request.replica = ReplicaID(rawValue: device.replica.rawValue ^ 1)
        return HostilePush(name: "dots of another replica", request: request, status: .invalid)
    }

    private var gatewaysOwn: HostilePush {
        var device = RawDevice(list: list, replica: ReplicaID(rawValue: .random(in: (1 << 63)...UInt64.max)))
        device.add("as a gateway", now: now)
        return HostilePush(name: "a replica of the gateways'", request: device.request(), status: .invalid)
    }

    /// Takes away what another replica has not made yet.
    private var suppressing: HostilePush {
        var victim = RawDevice(list: list)
        victim.add("yet to come", now: now)
        var device = RawDevice(list: list)
        device.join(victim.pending)
        device.remove(EntryKey(.items, EntryID(dot: Dot(victim.replica, 1))))
        return HostilePush(name: "the removal of what is not there yet", request: device.request(), status: .invalid)
    }

    private func asking(_ kind: DocumentKind, _ id: DocumentID) -> SyncRequest {
        SyncRequest(replica: ReplicaID(rawValue: 7), documents: [.init(id: id, kind: kind, context: Context())])
    }

    // MARK: Bytes

    /// An honest push with an item of this name.
    private func honest(_ name: String) -> [UInt8] {
        var device = RawDevice(list: list)
        device.add(name, now: now)
        return device.request().encoded()
    }

    /// An honest push, cut off at every place.
    package var cuts: [[UInt8]] {
        let whole = honest("cut off")
        return whole.indices.map { Array(whole[..<$0]) }
    }

    /// Pushes whose name is no UTF-8: overlong, half a surrogate pair, past Unicode's end, cut off.
    package var mistexts: [[UInt8]] {
        let texts: [[UInt8]] = [
            [0xc0, 0xaf, 0x41, 0x41], [0xed, 0xa0, 0x80, 0x41], [0xf7, 0xbf, 0xbf, 0xbf], [0x41, 0x41, 0x41, 0xe2],
        ]
        return texts.map { text in
            var whole = honest("MARK")
            if let place = whole.firstRange(of: Array("MARK".utf8)) { whole.replaceSubrange(place, with: text) }
            return whole
        }
    }

    /// `count` honest pushes with some bytes changed, and noise under an honest first byte.
    package func mutations(_ count: Int, seed: UInt64) -> [[UInt8]] {
        var random = Seeded(state: seed)
        return (0..<count).map { number in
            var bytes = honest("mutated")
            if number % 4 == 0 { bytes = [1] + (0..<200).map { _ in UInt8.random(in: .min ... .max, using: &random) } }
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: .min ... .max, using: &random)
            }
            return bytes
        }
    }
}

extension RawDevice {
    /// The key of the item that the next operation adds.
    package var nextItem: EntryKey { EntryKey(.items, EntryID(dot: Dot(replica, counter + 1))) }

    package mutating func add(_ name: String, now: UInt64) { edit(nextItem, [.set(.name, .string(name))], now: now) }
}

/// SplitMix64.
struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
        bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
        return bits ^ (bits >> 31)
    }
}
