import Foundation
import ListCRDT
import TestStack
import TestSupport

/// A device at work on one list: checks, counts and renames items by turns, each edit of another item than the last.
struct Editor: Sendable {
    var device: RawDevice
    /// Of the items, in the order in which they were added.
    private(set) var items: [EntryKey] = []
    private var edits = 0

    init() {
        // No account's or shelf's id ends in these bits: where one may be, no list can be made.
        device = RawDevice(list: Identifier(high: .random(in: 0 ... .max), low: .random(in: 0 ... .max) << 3 | 2))
    }

    /// Adds items; at most `ListLimits.operationsInPush` go in one push.
    mutating func add(_ count: Int) {
        let now = currentMilliseconds()
        for _ in 0..<count {
            let key = EntryKey(.items, Identifier(high: device.replica.rawValue, low: UInt64(items.count)))
            device.edit(key, [.set(.name, .string("item \(items.count)")), .set(.checked, .bool(false))], now: now)
            items.append(key)
        }
    }

    mutating func work(_ count: Int) {
        let now = currentMilliseconds()
        for _ in 0..<count {
            // A step that is no divisor of the usual sizes: it comes to all items, far from the last one.
            let key = items[edits &* 7_919 % items.count]
            switch edits % 4 {
            case 0: device.edit(key, [.set(.checked, .bool(true))], now: now)
            case 1: device.edit(key, [.add(.quantity, 1)], now: now)
            case 2: device.edit(key, [.set(.name, .string("item renamed \(edits)"))], now: now)
            default: device.edit(key, [.set(.checked, .bool(false))], now: now)
            }
            edits += 1
        }
    }
}
