/// One value of a result. Each accessor takes the types it names and throws `.misuse` for another, or for NULL.
package struct PostgresValue: Sendable {
    let storage: PostgresResult.Storage
    let row: Int
    let column: Int

    package var isNull: Bool { (cell?.length ?? -1) < 0 }

    /// smallint, integer, bigint or oid.
    package func int() throws(PostgresError) -> Int64 {
        try expect("an integer", [TypeID.int8, TypeID.int4, TypeID.int2, TypeID.oid])
        let bytes = try content()
        // An oid alone has no sign.
        let isNegative = type != TypeID.oid && (bytes.first ?? 0) >= 0x80
        return bytes.reduce(isNegative ? -1 : 0) { $0 << 8 | Int64($1) }
    }

    package func bool() throws(PostgresError) -> Bool {
        try expect("a boolean", [TypeID.bool])
        return try content().first != 0
    }

    /// text, varchar, char, name or json.
    package func text() throws(PostgresError) -> String {
        let texts = [TypeID.text, TypeID.varchar, TypeID.bpchar, TypeID.name, TypeID.json, TypeID.unknown]
        try expect("text", texts)
        return String(decoding: try content(), as: UTF8.self)
    }

    /// bytea, or the 16 bytes of a uuid.
    package func bytes() throws(PostgresError) -> [UInt8] {
        try expect("bytes", [TypeID.bytes, TypeID.uuid])
        return Array(try content())
    }

    /// An array of smallint, integer or bigint, of one dimension and without NULLs.
    package func intArray() throws(PostgresError) -> [Int64] {
        try expect("an array of integers", [TypeID.int8Array, TypeID.int4Array, TypeID.int2Array])
        return try elements { element in
            element.reduce((element.first ?? 0) >= 0x80 ? -1 : 0) { $0 << 8 | Int64($1) }
        }
    }

    package func textArray() throws(PostgresError) -> [String] {
        try expect("an array of text", [TypeID.textArray])
        return try elements { String(decoding: $0, as: UTF8.self) }
    }

    package func bytesArray() throws(PostgresError) -> [[UInt8]] {
        try expect("an array of bytes", [TypeID.bytesArray])
        return try elements { Array($0) }
    }

    package func optionalInt() throws(PostgresError) -> Int64? { isNull ? nil : try int() }
    package func optionalBool() throws(PostgresError) -> Bool? { isNull ? nil : try bool() }
    package func optionalText() throws(PostgresError) -> String? { isNull ? nil : try text() }
    package func optionalBytes() throws(PostgresError) -> [UInt8]? { isNull ? nil : try bytes() }

    private var type: UInt32 { storage.types.indices.contains(column) ? storage.types[column] : TypeID.unspecified }

    private var cell: PostgresResult.Cell? {
        guard storage.types.indices.contains(column) else { return nil }
        let index = row * storage.types.count + column
        return storage.cells.indices.contains(index) ? storage.cells[index] : nil
    }

    private func expect(_ what: String, _ types: [UInt32]) throws(PostgresError) {
        guard cell != nil else { throw .misuse("there is no row \(row) with a column \(column)") }
        guard types.contains(type) else {
            throw .misuse("column \(column) is of type \(type) (pg_type.oid), not \(what): cast it in the statement")
        }
    }

    private func content() throws(PostgresError) -> ArraySlice<UInt8> {
        guard let cell, cell.length >= 0 else { throw .misuse("column \(column) is NULL in row \(row)") }
        return storage.bytes[cell.offset..<cell.offset + Int(cell.length)]
    }

    /// Reads the form that `ParameterBuffer` writes: dimensions, NULLs?, type, size, lower bound, elements after their
    /// lengths.
    private func elements<Element>(_ decode: (ArraySlice<UInt8>) -> Element) throws(PostgresError) -> [Element] {
        var rest = try content()
        let dimensions = try length(&rest)
        _ = try length(&rest)
        _ = try length(&rest)
        if dimensions == 0 { return [] }
        guard dimensions == 1 else {
            throw .misuse("column \(column) holds an array of \(dimensions) dimensions, not of one")
        }
        let count = Int(try length(&rest))
        _ = try length(&rest)
        var elements: [Element] = []
        elements.reserveCapacity(Swift.min(count, rest.count / 4))
        for _ in 0..<count {
            let size = Int(try length(&rest))
            guard size >= 0 else { throw .misuse("column \(column) holds an array with NULLs in row \(row)") }
            guard size <= rest.count else { throw .misuse("column \(column) holds an array that ends early") }
            elements.append(decode(rest.prefix(size)))
            rest = rest.dropFirst(size)
        }
        return elements
    }

    private func length(_ rest: inout ArraySlice<UInt8>) throws(PostgresError) -> Int32 {
        guard rest.count >= 4 else { throw .misuse("column \(column) holds an array that ends early") }
        defer { rest = rest.dropFirst(4) }
        return rest.prefix(4).reduce(0) { $0 << 8 | Int32($1) }
    }
}
