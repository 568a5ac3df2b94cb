internal import ListCRDT

/// What an item is made with.
struct NewItem: Decodable, Sendable {
    private enum Key: String, CodingKey { case name, target, unit, note, category, after }

    let name: String
    let target: Int64?
    let unit, note, category: String?
    let after: Given<String>?

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Key.self)
        name = try fields.decode(String.self, forKey: .name)
        target = try fields.given(Int64.self, .target)?.value
        unit = try fields.decodeIfPresent(String.self, forKey: .unit)
        note = try fields.decodeIfPresent(String.self, forKey: .note)
        category = try fields.decodeIfPresent(String.self, forKey: .category)
        after = try fields.given(String.self, .after)
    }

    func changes() throws -> [FieldChange] {
        var changes: [FieldChange] = [.set(.name, try ListDesk.name(name, of: "an item"))]
        if let unit { changes.append(.set(.unit, .string(unit))) }
        if let note { changes.append(.set(.note, .string(note))) }
        if let category { changes.append(.set(.category, .string(category))) }
        if let target { changes.append(.setTarget(.quantity, try quantity(target, "target", from: 0))) }
        return changes
    }
}

/// What is changed in an item. A field that is not there stays as it is; null takes a unit, a note or a category away.
struct ItemChanges: Decodable, Sendable {
    private enum Key: String, CodingKey { case name, checked, unit, note, category, target, acquire, after }

    let name: String?
    let checked: Bool?
    let unit, note, category: Given<String>?
    let target, acquire: Int64?
    let after: Given<String>?

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Key.self)
        name = try fields.present(String.self, .name)
        checked = try fields.present(Bool.self, .checked)
        unit = try fields.given(String.self, .unit)
        note = try fields.given(String.self, .note)
        category = try fields.given(String.self, .category)
        target = try fields.present(Int64.self, .target)
        acquire = try fields.present(Int64.self, .acquire)
        after = try fields.given(String.self, .after)
    }

    /// All but the place. Of a new target and what is acquired, the target comes first.
    func changes() throws -> [FieldChange] {
        var changes: [FieldChange] = []
        if let name { changes.append(.set(.name, try ListDesk.name(name, of: "an item"))) }
        if let checked { changes.append(.set(.checked, .bool(checked))) }
        if let unit { changes.append(.set(.unit, unit.value.map { .string($0) } ?? .null)) }
        if let note { changes.append(.set(.note, note.value.map { .string($0) } ?? .null)) }
        if let category { changes.append(.set(.category, category.value.map { .string($0) } ?? .null)) }
        if let target { changes.append(.setTarget(.quantity, try quantity(target, "target", from: 0))) }
        if let acquire {
            changes.append(.add(.quantity, try quantity(acquire, "acquire", from: -GatewayLimits.quantityMax)))
        }
        return changes
    }
}

private func quantity(_ number: Int64, _ field: String, from least: Int64) throws -> Int64 {
    guard (least...GatewayLimits.quantityMax).contains(number) else {
        throw APIError(
            .invalidField, "The field `\(field)` is a number from \(least) to \(GatewayLimits.quantityMax).")
    }
    return number
}
