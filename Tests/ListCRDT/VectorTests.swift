import Foundation
import ListCRDT
import TestSupport
import Testing

@Suite("Golden vectors")
struct VectorTests {
    private let anna = ReplicaID(rawValue: 0x1111_2222_3333_4444)
    private let ben = ReplicaID(rawValue: 0xfedc_ba98_7654_3210)

    @Test("What is encoded today is what was encoded when the vectors were written")
    func golden() throws {
        let made = made()
        if ProcessInfo.processInfo.environment["LARDER_WRITE_VECTORS"] != nil { try made.write() }
        let stored = try Vectors.load()
        for (made, stored) in zip(made.histories, stored.histories) { #expect(made == stored) }
        #expect(
            made == stored, "if the form was changed on purpose: LARDER_WRITE_VECTORS=1 swift test --filter VectorTests"
        )
    }

    private func made() -> Vectors {
        Vectors(
            histories: [groceries(), extremes(), shelf()] + (1...6).map(random),
            refusals: Refusal.all.map { Vectors.Refused(bytes: hex($0.bytes), code: code($0.failure)) },
            positions: positions())
    }

    private func groceries() -> Vectors.History {
        var recorder = VectorRecorder("groceries", replicas: [anna, ben])
        recorder.operate(
            anna, .head, [.set(.name, .string("Groceries")), .set(.createdMilliseconds, .int(1_760_000_000_000))])
        var left: [UInt8]?
        var keys: [EntryKey] = []
        for name in ["Milk", "Bread", "Crème fraîche 🥛"] {
            let dot = recorder.nextDot(anna)
            let position = Position.between(left, nil, dot: dot)
            let changes: [FieldChange] = [
                .set(.name, .string(name)), .set(.position, .bytes(position)), .setTarget(.quantity, 3),
            ]
            keys.append(EntryKey(.items, EntryID(dot: dot)))
            recorder.operate(anna, keys[keys.count - 1], changes)
            left = position
        }
        let owner = EntryKey(.members, UserID(high: 1 << 63, low: 7 << 60))
        recorder.operate(anna, owner, [.set(.role, .int(1)), .set(.memberName, .string("anna \"a\" \\ \n"))])
        let invitation = EntryKey(.members, EntryID(high: 5, low: 5 << 50))
        recorder.operate(
            anna, invitation,
            [
                .set(.invitationRole, .int(3)), .set(.expiresMilliseconds, .int(9)),
                .set(.invitedBy, .bytes(owner.id.bytes)),
            ])
        for index in 0..<6 { recorder.receive(ben, index) }
        recorder.operate(ben, keys[0], [.set(.checked, .bool(true)), .add(.quantity, 1)])
        recorder.operate(anna, keys[0], [.add(.quantity, 1), .add(.quantity, -2)])
        recorder.operate(anna, keys[1], nil)
        recorder.operate(ben, keys[1], [.set(.note, .string("whole grain")), .set(.category, .string("Bakery"))])
        recorder.receive(anna, 6)
        recorder.operate(anna, keys[0], [.set(.name, .string("Oat milk")), .set(.note, .null)])
        recorder.operate(ben, keys[2], nil)
        return recorder.finished()
    }

    /// Unknown fields and collections, the ends of numbers.
    private func extremes() -> Vectors.History {
        var recorder = VectorRecorder("extremes", replicas: [anna])
        let unknown = EntryKey(Collection(rawValue: 255), EntryID(high: .max, low: .max))
        let values: [Value] = [
            .null, .bool(false), .bool(true), .int(.min), .int(.max), .string(""), .bytes([]),
            .bytes([UInt8](repeating: 7, count: 40)), .bytes([UInt8](repeating: 7, count: 41)),
        ]
        let fields = values.enumerated().map { FieldChange.set(Field(rawValue: UInt16(60_000 + $0)), $1) }
        recorder.operate(anna, unknown, fields, time: .max)
        recorder.operate(anna, unknown, [.setTarget(Field(rawValue: .max), .min), .add(Field(rawValue: .max), .max)])
        recorder.operate(anna, EntryKey(.items, .zero), [.set(.name, .string("x"))], counter: 1 << 40, time: 1)
        recorder.operate(anna, EntryKey(.items, EntryID(dot: Dot(anna, 1 << 47))), [.set(.name, .string("y"))], time: 0)
        recorder.operate(anna, unknown, nil, counter: Dot.maxCounter)
        return recorder.finished()
    }

    private func shelf() -> Vectors.History {
        var recorder = VectorRecorder("shelf", kind: .shelf, replicas: [ben])
        let list = EntryKey(.items, DocumentID(high: 0xABCD << 48, low: 0xEF << 56))
        recorder.operate(ben, list, [.set(.role, .int(2))])
        recorder.operate(ben, list, [.set(.name, .string("Packing"))])
        return recorder.finished()
    }

    private func random(_ seed: Int) -> Vectors.History {
        var random = SeededRandom(seed: UInt64(seed))
        let replicas = (0..<3).map { _ in ReplicaID(rawValue: random.next()) }
        var recorder = VectorRecorder("random \(seed)", replicas: replicas)
        let keys = (0..<4).map { _ in
            EntryKey(.items, EntryID(dot: Dot(replicas[0], UInt64(random.below(1 << 20) + 1))))
        }
        for step in 0..<40 {
            let (replica, key) = (replicas[random.below(3)], keys[random.below(4)])
            switch random.below(8) {
            case 0..<3 where !recorder.deltas.isEmpty: recorder.receive(replica, random.below(recorder.deltas.count))
            case 3: recorder.operate(replica, key, nil)
            case 4:
                recorder.operate(
                    replica, key, [.set(.name, .string("item \(step)")), .add(.quantity, Int64(step % 7) - 3)])
            case 5: recorder.operate(replica, key, [.set(.name, .string("thing")), .setTarget(.quantity, Int64(step))])
            default:
                let position = Position.between(nil, nil, dot: recorder.nextDot(replica))
                recorder.operate(replica, key, [.set(.name, .string("at \(step)")), .set(.position, .bytes(position))])
            }
        }
        return recorder.finished()
    }

    private func positions() -> [Vectors.Between] {
        var random = SeededRandom(seed: 7)
        var keys: [[UInt8]] = []
        var made: [Vectors.Between] = []
        for counter in 1...60 as ClosedRange<UInt64> {
            let place = random.below(keys.count + 1)
            let left = place > 0 ? keys[place - 1] : []
            let right = place < keys.count ? keys[place] : nil
            let dot = Dot(random.chance(2) ? anna : ben, counter * counter * counter * counter)
            let key = Position.between(left, right, dot: dot)
            keys.insert(key, at: place)
            made.append(
                Vectors.Between(
                    left: hex(left), right: hex(right ?? []), replica: dot.replica.hex, counter: String(dot.counter),
                    key: hex(key)))
        }
        return made
    }

    private func code(_ failure: DecodingFailure) -> Int {
        switch failure {
        case .truncated: -1
        case .malformed: -2
        case .tooLarge: -3
        case .trailingBytes: -4
        case .unsupportedVersion: -5
        case .unknownKind: -6
        case .notCanonical: -7
        }
    }
}
