internal import ListCRDT
internal import Messages
internal import Placement
internal import Postgres

/// Entry places as the columns of one array parameter each.
struct PlaceColumns {
    let parameters: [PostgresParameter]

    init(_ places: [ApplyPlan.EntryPlace]) {
        parameters = [
            .bytesArray(places.map(\.document.bytes)), .smallintArray(places.map { Int16($0.key.collection.rawValue) }),
            .bytesArray(places.map(\.key.id.bytes)),
        ]
    }
}

/// A batch's rows as statements with array parameters: a statement a table, however many rows.
struct BatchColumns {
    let steps: [(Statement, [PostgresParameter])]

    init(_ plan: ApplyPlan) {
        var steps = [Self.documents(plan)]
        let standing = plan.touchedEntries.filter { plan.entries[$0]?.isEmpty == false }
        let gone = plan.touchedEntries.filter { plan.entries[$0]?.isEmpty != false }
        if !standing.isEmpty {
            let states = standing.map { plan.entries[$0]?.encoded() ?? [] }
            steps.append((ShardStatements.putEntries, PlaceColumns(standing).parameters + [.bytesArray(states)]))
        }
        if !gone.isEmpty { steps.append((ShardStatements.dropEntries, PlaceColumns(gone).parameters)) }
        if !plan.operations.isEmpty { steps.append(Self.operations(plan)) }
        self.steps = steps
    }

    private static func documents(_ plan: ApplyPlan) -> (Statement, [PostgresParameter]) {
        let rows = plan.touchedDocuments.compactMap { id in plan.versions[id].map { (id, $0) } }
        return (
            ShardStatements.putDocuments,
            [
                .bytesArray(rows.map(\.0.bytes)), .smallintArray(rows.map { Int16($0.1.kind.rawValue) }),
                .smallintArray(rows.map { Int16(Partition(of: $0.0).number) }),
                .bytesArray(rows.map { $0.1.context.encoded() }),
            ]
        )
    }

    private static func operations(_ plan: ApplyPlan) -> (Statement, [PostgresParameter]) {
        let rows = plan.operations
        return (
            ShardStatements.putOperations,
            [
                .bytesArray(rows.map(\.document.bytes)),
                .intArray(rows.map { Int64(bitPattern: $0.operation.dot.replica.rawValue) }),
                .intArray(rows.map { Int64(bitPattern: $0.operation.dot.counter) }),
                .smallintArray(rows.map { Int16($0.operation.key.collection.rawValue) }),
                .bytesArray(rows.map(\.operation.key.id.bytes)),
                .intArray(rows.map { Int64(bitPattern: $0.operation.delta.latestStamp?.time ?? 0) }),
                .bytesArray(rows.map(\.operation.author.bytes)),
                .intArray(rows.map { Int64(bitPattern: $0.operation.atMilliseconds) }),
                .bytesArray(rows.map { $0.operation.encodedDelta }),
            ]
        )
    }
}
