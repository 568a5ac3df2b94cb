internal import Foundation
internal import GRDB
internal import ListCRDT

// How the vocabulary of ListCRDT lies in SQLite: identifiers and contexts as blobs, 64 bits as a signed integer.

extension Identifier {
    var blob: Data { Data(bytes) }
}

extension Context {
    var blob: Data { Data(encoded()) }
}

extension [UInt8] {
    var blob: Data { Data(self) }
}

extension UInt64 {
    var column: Int64 { Int64(bitPattern: self) }
}

extension Row {
    func number(_ column: String) throws -> UInt64 { UInt64(bitPattern: try decode(Int64.self, forColumn: column)) }

    func bytes(_ column: String) throws -> [UInt8] { [UInt8](try decode(Data.self, forColumn: column)) }

    func identifier(_ column: String) throws -> Identifier {
        guard let identifier = Identifier(bytes: try bytes(column)) else { throw DecodingFailure.malformed(.shape) }
        return identifier
    }

    func replica(_ column: String) throws -> ReplicaID { ReplicaID(rawValue: try number(column)) }

    func context(_ column: String) throws -> Context { try Context(decoding: try bytes(column)) }
}

extension Database {
    func run(_ sql: String, _ arguments: StatementArguments = []) throws {
        try cachedStatement(sql: sql).execute(arguments: arguments)
    }

    func row(_ sql: String, _ arguments: StatementArguments = []) throws -> Row? {
        try Row.fetchOne(cachedStatement(sql: sql), arguments: arguments)
    }

    func rows(_ sql: String, _ arguments: StatementArguments = []) throws -> [Row] {
        try Row.fetchAll(cachedStatement(sql: sql), arguments: arguments)
    }
}
