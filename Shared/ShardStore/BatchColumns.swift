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
        steps = Self.documents(plan) + Self.entries(plan) + Self.operations(plan)
    }

    private static func documents(_ plan: ApplyPlan) -> [(Statement, [PostgresParameter])] {
        let rows = plan.touchedDocuments.compactMap { id in plan.versions[id].map { (id, $0) } }
        let fresh = rows.filter { !plan.hadRow($0.0) }
        let known = fresh.isEmpty ? rows : rows.filter { plan.hadRow($0.0) }
        var steps: [(Statement, [PostgresParameter])] = []
        if !known.isEmpty {
            let columns = [known.map(\.0.bytes), known.map { $0.1.context.encoded() }]
            steps.append(
                (ShardStatements.changeDocuments, columns.map { .bytesArray($0) } + [.int(Int64(known.count))]))
        }
        if !fresh.isEmpty {
            steps.append(
                (
                    ShardStatements.addDocuments,
                    [
                        .bytesArray(fresh.map(\.0.bytes)), .smallintArray(fresh.map { Int16($0.1.kind.rawValue) }),
                        .smallintArray(fresh.map { Int16(Partition(of: $0.0).number) }),
                        .bytesArray(fresh.map { $0.1.context.encoded() }),
                    ]
                ))
        }
        return steps
    }

    private static func entries(_ plan: ApplyPlan) -> [(Statement, [PostgresParameter])] {
        var (known, fresh, gone): ([ApplyPlan.EntryPlace], [ApplyPlan.EntryPlace], [ApplyPlan.EntryPlace]) = (
            [], [], []
        )
        for place in plan.touchedEntries {
            if plan.entries[place]?.isEmpty == false {
                if plan.hadRow(place) { known.append(place) } else { fresh.append(place) }
            } else if plan.hadRow(place) {
                gone.append(place)
            }
        }
        func states(_ places: [ApplyPlan.EntryPlace]) -> [PostgresParameter] {
            PlaceColumns(places).parameters + [.bytesArray(places.map { plan.entries[$0]?.encoded() ?? [] })]
        }
        var steps: [(Statement, [PostgresParameter])] = []
        if !known.isEmpty {
            steps.append((ShardStatements.changeEntries, states(known) + [.int(Int64(known.count))]))
        }
        if !fresh.isEmpty { steps.append((ShardStatements.addEntries, states(fresh))) }
        if !gone.isEmpty { steps.append((ShardStatements.dropEntries, PlaceColumns(gone).parameters)) }
        return steps
    }

    private static func operations(_ plan: ApplyPlan) -> [(Statement, [PostgresParameter])] {
        let rows = plan.operations
        if rows.isEmpty { return [] }
        let columns: [PostgresParameter] = [
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
        return [(ShardStatements.addOperations, columns)]
    }
}
