/// What one statement returned, in memory of its own.
package struct PostgresResult: Sendable {
    /// Where a value lies in the bytes; a length of −1 is NULL.
    struct Cell {
        let offset: Int
        let length: Int32
    }

    final class Storage: Sendable {
        let types: [UInt32]
        let cells: [Cell]
        let bytes: [UInt8]

        init(types: [UInt32], cells: [Cell], bytes: [UInt8]) {
            self.types = types
            self.cells = cells
            self.bytes = bytes
        }
    }

    package let rows: PostgresRows
    /// Rows inserted, updated, deleted or selected.
    package let affected: Int

    init(types: [UInt32], rowCount: Int, cells: [Cell], bytes: [UInt8], affected: Int) {
        rows = PostgresRows(storage: Storage(types: types, cells: cells, bytes: bytes), count: rowCount)
        self.affected = affected
    }
}

package struct PostgresRows: RandomAccessCollection, Sendable {
    let storage: PostgresResult.Storage
    package let count: Int

    package var startIndex: Int { 0 }
    package var endIndex: Int { count }

    package subscript(position: Int) -> PostgresRow {
        PostgresRow(storage: storage, index: position)
    }
}

/// One row; columns are numbered from 0 in the order of the statement.
package struct PostgresRow: Sendable {
    let storage: PostgresResult.Storage
    let index: Int

    package var columnCount: Int { storage.types.count }

    /// A column that does not exist gives a value whose accessors throw.
    package subscript(column: Int) -> PostgresValue {
        PostgresValue(storage: storage, row: index, column: column)
    }
}
