internal import ListCRDT
internal import Logging
internal import Messages
internal import Placement
internal import Postgres
internal import ShardStore
internal import TestStack
internal import TestSupport

/// Reads lists straight from the schemas of their home shards, past all services.
struct Homes: Sendable {
    struct Unknown: Error { var what: String }

    private let table: PlacementTable
    private let pools: [ShardID: PostgresPool]

    /// The ring's shards stay as they are from now on.
    init(_ stack: Stack) async throws {
        let servers = stack.zones.enumerated().map { "z\($0 + 1)=\($1.url)" }.joined(separator: ",")
        guard let zones = ZoneList(argument: servers), let id = ShardID("s1") else { throw Unknown(what: "zones") }
        let first = try Self.pool(Shard(id: id, zone: zones.zone(ofShard: 1)), zones)
        guard let table = try await StoredPlacement(pool: first).load() else { throw Unknown(what: "the placement") }
        self.table = table
        pools = try table.shards.reduce(into: [:]) { $0[$1.id] = try Self.pool($1, zones) }
    }

    private static func pool(_ shard: Shard, _ zones: ZoneList) throws -> PostgresPool {
        guard let url = zones.url(of: shard.zone) else { throw Unknown(what: "zone \(shard.zone)") }
        let quiet = Logger(label: "chaos") { _ in SwiftLogNoOpLogHandler() }
        return PostgresPool(try ShardSchema(shard.id).configuration(server: url), size: 1, logger: quiet)
    }

    func home(of list: DocumentID) -> [ShardID] { table.home(of: Partition(of: list)) }

    /// The copies of each list, one a home shard.
    func copies(of lists: [DocumentID]) async throws -> [DocumentID: [Copy]] {
        var copies: [DocumentID: [Copy]] = [:]
        for shard in table.shards {
            guard let pool = pools[shard.id] else { continue }
            let held = lists.filter { home(of: $0).contains(shard.id) }
            let whole = ReadPayload(.list, .missing(since: Context()))
            let answers = try await ShardReader(pool: pool, cache: VersionCache()).fetch(
                held.map { FetchRequest(document: $0, question: whole) })
            for (list, answer) in zip(held, answers) {
                var document = Document(kind: .list)
                if let delta = answer.delta { document.merge(delta) }
                copies[list, default: []].append(Copy(.home(shard.id.name), document))
            }
        }
        return copies
    }

    /// As when its disk is lost: nothing of the shard is left.
    func wipe(_ shard: ShardID) async throws {
        guard let pool = pools[shard] else { return }
        try await pool.withConnection { try await $0.execute("DROP SCHEMA \(ShardSchema(shard).name) CASCADE") }
    }
}
