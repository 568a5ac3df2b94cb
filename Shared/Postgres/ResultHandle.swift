import CLibPQ
import Foundation

/// Owns one `PGresult`.
struct ResultHandle: ~Copyable {
    private let raw: OpaquePointer

    init(_ raw: OpaquePointer) {
        self.raw = raw
    }

    deinit {
        PQclear(raw)
    }

    private var status: ExecStatusType { PQresultStatus(raw) }

    var isSync: Bool { status == PGRES_PIPELINE_SYNC }
    var isSkipped: Bool { status == PGRES_PIPELINE_ABORTED }
    var isFailure: Bool { status == PGRES_FATAL_ERROR }
    /// A `COPY` was begun, which nothing here can carry on.
    var isCopy: Bool { [PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH].contains(status) }

    /// The server's last word, where it ends the connection with this result.
    var fatalMessage: String? {
        guard isFailure, let severity = clibpq_severity(raw), String(cString: severity) != "ERROR" else { return nil }
        return message
    }

    /// The refusal, where this is one.
    var failure: PostgresError? {
        guard isFailure else { return nil }
        return .server(sqlState: clibpq_sql_state(raw).map { String(cString: $0) } ?? "XX000", message: message)
    }

    private var message: String {
        if let primary = clibpq_primary_message(raw) { return String(cString: primary) }
        let text = PQresultErrorMessage(raw).map { String(cString: $0) } ?? "no message"
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Copies everything into Swift's own memory: a few allocations, however many values.
    func copied() -> PostgresResult {
        let cells = cells()
        return PostgresResult(
            types: (0..<PQnfields(raw)).map { PQftype(raw, $0) }, rowCount: Int(PQntuples(raw)), cells: cells,
            bytes: bytes(of: cells), affected: PQcmdTuples(raw).flatMap { Int(String(cString: $0)) } ?? 0)
    }

    private func cells() -> [PostgresResult.Cell] {
        let (rowCount, columnCount) = (PQntuples(raw), PQnfields(raw))
        var cells: [PostgresResult.Cell] = []
        cells.reserveCapacity(Int(rowCount) * Int(columnCount))
        var offset = 0
        for row in 0..<rowCount {
            for column in 0..<columnCount {
                let isNull = PQgetisnull(raw, row, column) == 1
                let length = isNull ? -1 : PQgetlength(raw, row, column)
                cells.append(PostgresResult.Cell(offset: offset, length: length))
                offset += Int(max(0, length))
            }
        }
        return cells
    }

    private func bytes(of cells: [PostgresResult.Cell]) -> [UInt8] {
        let columnCount = PQnfields(raw)
        let total = cells.reduce(0) { $0 + Int(max(0, $1.length)) }
        return [UInt8](unsafeUninitializedCapacity: total) {
            (buffer: inout UnsafeMutableBufferPointer<UInt8>, count: inout Int) in
            for (index, cell) in cells.enumerated() where cell.length > 0 {
                let (row, column) = Int32(truncatingIfNeeded: index).quotientAndRemainder(dividingBy: columnCount)
                guard let start = buffer.baseAddress, let value = PQgetvalue(raw, row, column) else { continue }
                memcpy(start + cell.offset, value, Int(cell.length))
            }
            count = total
        }
    }
}
