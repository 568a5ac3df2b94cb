import ListCRDT
import ReplicaCore
import ReplicaStore

/// What an operation was meant to do, for people.
enum IntentWords {
    static func say(_ intent: Intent) -> String {
        switch intent {
        case .remove: "remove"
        case .change(let changes): changes.compactMap(say).joined(separator: ", ")
        }
    }

    private static func say(_ change: FieldChange) -> String? {
        switch change {
        case .set(.position, _): "place"
        case .set(.checked, let value): value.truth == true ? "check" : "uncheck"
        case .set(let field, let value): "\(name(field)) “\(say(value))”"
        case .setTarget(_, let target): "want \(target)"
        case .add(_, let amount): "take \(amount)"
        }
    }

    static func name(_ field: Field) -> String {
        switch field {
        case .name: "name"
        case .note: "note"
        case .category: "category"
        case .unit: "unit"
        case .checked: "checked"
        case .position: "place"
        case .quantity: "quantity"
        case .trashed: "trashed"
        case .createdMilliseconds: "created"
        case .role: "role"
        case .memberName: "member"
        default: "field \(field.rawValue)"
        }
    }

    static func say(_ value: Value) -> String {
        switch value {
        case .null: "none"
        case .bool(let truth): truth ? "yes" : "no"
        case .int(let number): String(number)
        case .string(let text): text
        case .bytes(let bytes): bytes.prefix(8).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        }
    }
}
