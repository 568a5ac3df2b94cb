import Foundation
import ListCRDT

/// The golden vectors in Vectors/vectors.json: bytes that must never change. The native tests make them anew and
/// compare; WebAssembly/run-vectors.mjs plays the same through the WebAssembly module.
struct Vectors: Codable, Equatable {
    struct History: Codable, Equatable {
        var name: String
        var kind: UInt8
        var replicas: [String]
        var steps: [Step] = []
        /// All of it together, encoded.
        var joined = ""
        var context = ""
        var list = List(ListView(of: Document(kind: .list)))
    }

    /// An operation and its delta, or the receipt of an earlier operation's delta.
    struct Step: Codable, Equatable {
        var operation: Operation?
        var delta: String?
        var receive: Receipt?
    }

    struct Receipt: Codable, Equatable {
        let replica: String
        let delta: Int
    }

    struct Operation: Codable, Equatable {
        let collection: UInt8
        let id: String
        let replica: String
        let counter: String
        let time: String
        /// Nil: a removal.
        let changes: [Change]?
    }

    struct Change: Codable, Equatable {
        let field: UInt16
        var set: Written?
        var target: String?
        var amount: String?
    }

    struct Written: Codable, Equatable {
        var null: Bool?
        var bool: Bool?
        var int: String?
        var string: String?
        var bytes: String?
    }

    struct List: Codable, Equatable {
        struct Item: Codable, Equatable {
            let id, name: String
            let note, category: String?
            let checked: Bool
            let quantity: Quantity?
            let position: String
            let updatedMilliseconds: UInt64
            let updatedBy: String
            let versions: Int
        }

        struct Quantity: Codable, Equatable {
            let target, acquired, remaining: Int64
        }

        struct Member: Codable, Equatable {
            let user: String
            let role: Int64
            let name: String
        }

        struct Invitation: Codable, Equatable {
            let id: String
            let role: Int64
            let expiresMilliseconds: UInt64?
            let invitedBy: String?
        }

        let name: String
        let trashed: Bool
        let createdMilliseconds: UInt64?
        let items: [Item]
        let members: [Member]
        let invitations: [Invitation]
    }

    struct Refused: Codable, Equatable {
        let bytes: String
        /// As the WebAssembly module answers.
        let code: Int
    }

    struct Between: Codable, Equatable {
        let left, right, replica, counter, key: String
    }

    var histories: [History]
    var refusals: [Refused]
    var positions: [Between]
}

extension Vectors {
    private static let file = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Vectors/vectors.json")

    static func load() throws -> Vectors {
        try JSONDecoder().decode(Vectors.self, from: Data(contentsOf: file))
    }

    func write() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try (encoder.encode(self) + Data("\n".utf8)).write(to: Vectors.file)
    }
}

func hex(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}

extension ListView {
    init(of document: Document) {
        self = document.list
    }
}

extension Vectors.List {
    init(_ list: ListView) {
        name = list.name
        trashed = list.trashed
        createdMilliseconds = list.createdMilliseconds
        items = list.items.map { item in
            Item(
                id: item.id.hex, name: item.name, note: item.note, category: item.category, checked: item.checked,
                quantity: item.quantity.map {
                    Quantity(target: $0.target, acquired: $0.acquired, remaining: $0.remaining)
                },
                position: hex(item.position), updatedMilliseconds: item.updated.milliseconds,
                updatedBy: item.updated.replica.hex, versions: item.versions)
        }
        members = list.members.map { Member(user: $0.user.hex, role: $0.role.rawValue, name: $0.name) }
        invitations = list.invitations.map {
            Invitation(
                id: $0.id.hex, role: $0.role.rawValue, expiresMilliseconds: $0.expiresMilliseconds,
                invitedBy: $0.invitedBy?.hex)
        }
    }
}

extension Vectors.Change {
    init(_ change: FieldChange) {
        switch change {
        case .set(let field, let value): self.init(field: field.rawValue, set: Vectors.Written(value))
        case .setTarget(let field, let target): self.init(field: field.rawValue, target: String(target))
        case .add(let field, let amount): self.init(field: field.rawValue, amount: String(amount))
        }
    }
}

extension Vectors.Written {
    init(_ value: Value) {
        switch value {
        case .null: null = true
        case .bool(let truth): bool = truth
        case .int(let number): int = String(number)
        case .string(let text): string = text
        case .bytes(let bytes): self.bytes = hex(bytes)
        }
    }
}
