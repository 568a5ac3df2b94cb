internal import ListCRDT
internal import TestSupport

/// Somebody who edits a list at random, and keeps it at some dozens of items.
struct Shopper {
    private static let few = 15
    private static let many = 50

    private var random: SeededRandom
    private var count = 0

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    mutating func edit(_ replica: inout Replica, now: UInt64, at moment: Int) {
        let items = replica.document.entries.keys.filter { $0.collection == .items }
        count += 1
        let name = "\(replica.id.hex.prefix(4)) \(count)"
        guard items.count >= Self.few, let key = items.randomElement(using: &random) else {
            return add(name, to: &replica, now, moment)
        }
        let (act, fields): (Act, [FieldChange])
        switch Int.random(in: 0..<100, using: &random) {
        case ..<(items.count > Self.many ? 45 : 12): (act, fields) = (.remove, [])
        case ..<55:
            if items.count <= Self.many { return add(name, to: &replica, now, moment) }
            (act, fields) = (.rename(name), [.set(.name, .string(name))])
        case ..<65: (act, fields) = (.rename(name), [.set(.name, .string(name))])
        case ..<78:
            let isChecked = Bool.random(using: &random)
            (act, fields) = (.check(isChecked), [.set(.checked, .bool(isChecked))])
        case ..<90:
            let amount = Int64.random(in: 1...3, using: &random)
            (act, fields) = (.acquire(amount), [.add(.quantity, amount)])
        default:
            let place = Position.between(
                position(items.randomElement(using: &random), replica), nil, dot: replica.nextDot)
            (act, fields) = (.move, [.set(.position, .bytes(place))])
        }
        replica.act(act, on: key, fields, now: now, at: moment)
    }

    private func position(_ key: EntryKey?, _ replica: Replica) -> [UInt8]? {
        key.flatMap { replica.document.entries[$0]?.shown[.position]?.data }
    }

    private func add(_ name: String, to replica: inout Replica, _ now: UInt64, _ moment: Int) {
        let dot = replica.nextDot
        replica.act(
            .add(name: name), on: EntryKey(.items, EntryID(dot: dot)),
            [
                .set(.name, .string(name)), .setTarget(.quantity, 5),
                .set(.position, .bytes(Position.between(nil, nil, dot: dot))),
            ], now: now, at: moment)
    }
}
