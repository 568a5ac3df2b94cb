/// A value for `$1`, `$2`, …, sent in binary form with its type.
///
/// Arrays carry many rows into one statement: `INSERT … SELECT * FROM unnest($1::bytea[], $2::bigint[])`.
package enum PostgresParameter: Sendable, Equatable {
    case null
    case smallint(Int16)
    case int(Int64)
    case bool(Bool)
    case text(String)
    case bytes([UInt8])
    case smallintArray([Int16])
    case intArray([Int64])
    case textArray([String])
    case bytesArray([[UInt8]])
}

/// The server's numbers for the types that are spoken here (`pg_type.oid`, fixed for built-in types).
enum TypeID {
    static let unspecified: UInt32 = 0
    static let bool: UInt32 = 16
    static let bytes: UInt32 = 17
    static let name: UInt32 = 19
    static let int8: UInt32 = 20
    static let int2: UInt32 = 21
    static let int4: UInt32 = 23
    static let text: UInt32 = 25
    static let oid: UInt32 = 26
    static let json: UInt32 = 114
    static let unknown: UInt32 = 705
    static let bytesArray: UInt32 = 1001
    static let int2Array: UInt32 = 1005
    static let int4Array: UInt32 = 1007
    static let textArray: UInt32 = 1009
    static let int8Array: UInt32 = 1016
    static let bpchar: UInt32 = 1042
    static let varchar: UInt32 = 1043
    static let uuid: UInt32 = 2950
}

extension PostgresParameter {
    var typeID: UInt32 {
        switch self {
        case .null: TypeID.unspecified
        case .smallint: TypeID.int2
        case .int: TypeID.int8
        case .bool: TypeID.bool
        case .text: TypeID.text
        case .bytes: TypeID.bytes
        case .smallintArray: TypeID.int2Array
        case .intArray: TypeID.int8Array
        case .textArray: TypeID.textArray
        case .bytesArray: TypeID.bytesArray
        }
    }
}
