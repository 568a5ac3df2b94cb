package import Placement

/// The Postgres servers that shards may live on. Each is a zone: what is on one server fails together.
package struct ZoneList: Hashable, Sendable, CustomStringConvertible {
    package static let expected = "zone=url,zone=url,… or url,url,…, with different zones"

    private let servers: [(zone: Zone, url: String)]

    package init(single url: String) { servers = Zone("z1").map { [($0, url)] } ?? [] }

    /// Comma-separated; a server without a name of its own is called after its place: z1, z2, …
    package init?(argument: String) {
        var servers: [(zone: Zone, url: String)] = []
        for (index, item) in argument.split(separator: ",").enumerated() {
            let cut = item.firstIndex(of: "=").flatMap { item[..<$0].contains("/") ? nil : $0 }
            let name = cut.map { String(item[..<$0]) } ?? "z\(index + 1)"
            let url = cut.map { item[item.index(after: $0)...] } ?? item
            guard let zone = Zone(name), !servers.contains(where: { $0.zone == zone }), url.hasPrefix("postgres")
            else { return nil }
            servers.append((zone, String(url)))
        }
        guard !servers.isEmpty else { return nil }
        self.servers = servers
    }

    /// Without the addresses: they may hold passwords.
    package var description: String { servers.map(\.zone.name).joined(separator: ",") }

    package var zones: [Zone] { servers.map(\.zone) }

    package func url(of zone: Zone) -> String? { servers.first { $0.zone == zone }?.url }

    /// The zones take turns: shard 1 in the first, shard 2 in the second, …
    package func zone(ofShard number: Int) -> Zone { servers[(number - 1) % servers.count].zone }

    package static func == (left: ZoneList, right: ZoneList) -> Bool {
        left.servers.elementsEqual(right.servers, by: ==)
    }

    package func hash(into hasher: inout Hasher) {
        for server in servers { hasher.combine(server.url) }
    }
}
