/// A statement that a connection prepares under its name the first time it is used, and only names after that.
///
/// One name stands for one SQL text, with the same parameter types each time: both are checked.
package struct Statement: Sendable, Hashable {
    package let name: String
    package let sql: String

    package init(_ name: String, _ sql: String) {
        self.name = name
        self.sql = sql
    }
}

/// What is prepared on one connection.
///
/// Names on the server are never used twice, so a preparation that failed, or one that the server forgot, cannot be
/// taken for another. A parameter that was NULL when its statement was prepared has no type yet: when it shows one, the
/// statement is prepared again with it.
struct PreparedStatements {
    static let countMax = 1_000

    enum Resolution: Equatable {
        case prepared(String)
        case prepare(String, types: [UInt32])
    }

    private struct Prepared {
        let sql: String
        let types: [UInt32]
        let serverName: String
        var confirmed = false
    }

    private var byName: [String: Prepared] = [:]
    private var unconfirmed: [String] = []
    private var serial = 0

    /// Says under which name to execute, and whether to prepare first. Within a pipeline a preparation counts from when
    /// it is sent.
    mutating func resolve(
        _ statement: Statement, _ parameters: [PostgresParameter]
    ) throws(PostgresError) -> Resolution {
        guard let known = byName[statement.name] else { return try add(statement, types: parameters.map(\.typeID)) }
        guard known.sql == statement.sql else {
            throw .misuse("two statements are named \(statement.name); give each its own name")
        }
        if known.types.elementsEqual(parameters.lazy.map(\.typeID)) { return .prepared(known.serverName) }
        let types = parameters.map(\.typeID)
        guard let merged = merge(known.types, types) else {
            throw .misuse("statement \(statement.name) was first used with other types of parameters")
        }
        return merged == known.types ? .prepared(known.serverName) : try add(statement, types: merged)
    }

    mutating func confirm(serverName: String) {
        guard let name = unconfirmed.first(where: { byName[$0]?.serverName == serverName }) else { return }
        byName[name]?.confirmed = true
    }

    /// Called after each pipeline: what did not succeed is prepared again next time.
    mutating func forgetUnconfirmed() {
        for name in unconfirmed where byName[name]?.confirmed == false { byName[name] = nil }
        unconfirmed.removeAll(keepingCapacity: true)
    }

    /// Called for a new connection, and when the server no longer knows what was prepared.
    mutating func forgetAll() {
        byName.removeAll(keepingCapacity: true)
        unconfirmed.removeAll(keepingCapacity: true)
    }

    private mutating func add(_ statement: Statement, types: [UInt32]) throws(PostgresError) -> Resolution {
        guard byName.count < Self.countMax || byName[statement.name] != nil else {
            throw .misuse("more than \(Self.countMax) named statements; names must not be made up as the program runs")
        }
        serial += 1
        let serverName = "\(statement.name).\(serial)"
        byName[statement.name] = Prepared(sql: statement.sql, types: types, serverName: serverName)
        unconfirmed.append(statement.name)
        return .prepare(serverName, types: types)
    }

    /// The types of both, where one that is unspecified takes the other's; nil where they differ.
    private func merge(_ known: [UInt32], _ new: [UInt32]) -> [UInt32]? {
        guard known.count == new.count else { return nil }
        var merged = known
        for (index, type) in new.enumerated() where type != TypeID.unspecified && type != known[index] {
            guard known[index] == TypeID.unspecified else { return nil }
            merged[index] = type
        }
        return merged
    }
}
