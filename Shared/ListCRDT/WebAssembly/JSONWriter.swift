/// Writes a list view as JSON: ids, replicas and positions in hexadecimal, times in milliseconds, absent things as
/// null.
struct JSONWriter {
    private var bytes: [UInt8] = []
    private var needsComma = false

    static func json(of list: ListView) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.field("name", text: list.name)
            writer.field("trashed", literal: list.trashed ? "true" : "false")
            writer.field("createdMilliseconds", number: list.createdMilliseconds)
            writer.array("items", list.items) { $0.item($1) }
            writer.array("members", list.members) { $0.member($1) }
            writer.array("invitations", list.invitations) { $0.invitation($1) }
        }
        return writer.bytes
    }

    private mutating func item(_ item: ItemView) {
        object { writer in
            writer.field("id", text: item.id.hex)
            writer.field("name", text: item.name)
            writer.field("note", text: item.note)
            writer.field("category", text: item.category)
            writer.field("checked", literal: item.checked ? "true" : "false")
            writer.key("quantity")
            writer.quantity(item.quantity)
            writer.field("position", text: JSONWriter.hex(item.position))
            writer.field("updatedMilliseconds", number: item.updated.milliseconds)
            writer.field("updatedBy", text: item.updated.replica.hex)
            writer.field("versions", number: item.versions)
        }
    }

    private mutating func quantity(_ quantity: ItemView.Quantity?) {
        guard let quantity else { return literal("null") }
        object { writer in
            writer.field("target", number: quantity.target)
            writer.field("acquired", number: quantity.acquired)
            writer.field("remaining", number: quantity.remaining)
        }
    }

    private mutating func member(_ member: MemberView) {
        object { writer in
            writer.field("user", text: member.user.hex)
            writer.field("role", number: member.role.rawValue)
            writer.field("name", text: member.name)
        }
    }

    private mutating func invitation(_ invitation: InvitationView) {
        object { writer in
            writer.field("id", text: invitation.id.hex)
            writer.field("role", number: invitation.role.rawValue)
            writer.field("expiresMilliseconds", number: invitation.expiresMilliseconds)
            writer.field("invitedBy", text: invitation.invitedBy?.hex)
        }
    }

    private static func hex(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 0xF)]] }, as: UTF8.self)
    }
}

/// The grammar.
extension JSONWriter {
    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = false
    }

    private mutating func literal(_ text: String) {
        separate()
        bytes.append(contentsOf: text.utf8)
        needsComma = true
    }

    private mutating func object(_ content: (inout JSONWriter) -> Void) {
        separate()
        bytes.append(UInt8(ascii: "{"))
        content(&self)
        bytes.append(UInt8(ascii: "}"))
        needsComma = true
    }

    private mutating func array<Element>(
        _ name: String, _ elements: [Element], _ content: (inout JSONWriter, Element) -> Void
    ) {
        key(name)
        bytes.append(UInt8(ascii: "["))
        for element in elements { content(&self, element) }
        bytes.append(UInt8(ascii: "]"))
        needsComma = true
    }

    private mutating func key(_ name: String) {
        string(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    private mutating func field(_ name: String, literal value: String) {
        key(name)
        literal(value)
    }

    private mutating func field(_ name: String, number: (some FixedWidthInteger)?) {
        key(name)
        literal(number.map { String($0) } ?? "null")
    }

    private mutating func field(_ name: String, text: String?) {
        key(name)
        if let text { string(text) } else { literal("null") }
    }

    private mutating func string(_ text: String) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case 0..<0x20: bytes += Array("\\u00".utf8) + Array(JSONWriter.hex([byte]).utf8)
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
        needsComma = true
    }
}
