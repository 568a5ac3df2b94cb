import Chaos
import ListCRDT

/// Two devices and a list, told step by step.
struct Story {
    struct Holder {
        let replica: ReplicaID
        var document = Document(kind: .list)
        var counter: UInt64 = 0
    }

    private var copies: [Int: Holder] = [
        1: Holder(replica: ReplicaID(rawValue: 1)), 2: Holder(replica: ReplicaID(rawValue: 2)),
    ]
    private(set) var operations: [Operation] = []
    private var time: UInt64 = 0

    var history: ListHistory { ListHistory(name: "a list", operations: operations) }

    @discardableResult
    mutating func add(_ name: String, by device: Int, acknowledged: Bool = true) -> EntryKey {
        let holder = copies[device]
        let dot = Dot(holder?.replica ?? ReplicaID(rawValue: 0), (holder?.counter ?? 0) + 1)
        let key = EntryKey(.items, EntryID(dot: dot))
        act(.add(name: name), on: key, by: device, acknowledged: acknowledged)
        return key
    }

    mutating func act(_ act: Act, on key: EntryKey, by device: Int, acknowledged: Bool = true) {
        guard var holder = copies[device] else { return }
        holder.counter += 1
        time += 1 << 16
        let dot = Dot(holder.replica, holder.counter)
        let stamp = Stamp(time: time, replica: holder.replica)
        let seen = holder.document.context
        let delta: Delta
        switch act {
        case .add(let name):
            delta = holder.document.edit(
                key, [.set(.name, .string(name)), .setTarget(.quantity, 5)], dot: dot, stamp: stamp)
        case .rename(let name): delta = holder.document.edit(key, [.set(.name, .string(name))], dot: dot, stamp: stamp)
        case .check(let isChecked):
            delta = holder.document.edit(key, [.set(.checked, .bool(isChecked))], dot: dot, stamp: stamp)
        case .acquire(let amount): delta = holder.document.edit(key, [.add(.quantity, amount)], dot: dot, stamp: stamp)
        case .move, .found: delta = holder.document.edit(key, [], dot: dot, stamp: stamp)
        case .remove: delta = holder.document.remove(key, dot: dot)
        }
        operations.append(
            Operation(dot: dot, key: key, act: act, seen: seen, acknowledgedAt: acknowledged ? 1 : nil, delta: delta))
        copies[device] = holder
    }

    func document(_ device: Int) -> Document { copies[device]?.document ?? Document(kind: .list) }

    /// Everything reaches these devices.
    mutating func exchange(to devices: [Int] = [1, 2]) {
        for operation in operations {
            for device in devices { if let delta = operation.delta { copies[device]?.document.merge(delta) } }
        }
    }

    /// The devices as they are, and homes that have everything.
    func check(_ homes: [String]) -> [Violation] { check(homes: homes.map { ($0, history.reference) }) }

    func check(homes: [(String, Document)]) -> [Violation] {
        let devices = copies.sorted { $0.key < $1.key }.map { Copy(.device($0.key), $0.value.document) }
        return Checker(history).violations(of: devices + homes.map { Copy(.home($0.0), $0.1) })
    }
}
