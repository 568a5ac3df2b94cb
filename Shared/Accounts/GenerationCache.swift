/// The values that were asked for most recently, approximately: two generations, the older of which is forgotten when
/// the younger is full. Each operation costs one or two lookups; nothing is ever searched.
struct GenerationCache<Key: Hashable, Value> {
    private let generationMax: Int
    private var young: [Key: Value] = [:]
    private var old: [Key: Value] = [:]

    /// Holds at most `countMax` values, and always the `countMax / 2` last used.
    init(countMax: Int) {
        generationMax = max(1, countMax / 2)
    }

    var count: Int { young.count + old.count }

    mutating func value(for key: Key) -> Value? {
        if let value = young[key] { return value }
        guard let value = old.removeValue(forKey: key) else { return nil }
        insert(value, for: key)
        return value
    }

    mutating func insert(_ value: Value, for key: Key) {
        if young.count >= generationMax {
            old = young
            young = [:]
        }
        young[key] = value
    }

    mutating func remove(_ key: Key) {
        young[key] = nil
        old[key] = nil
    }
}
