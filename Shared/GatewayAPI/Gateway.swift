package import Accounts
package import Hummingbird
package import Logging
package import Redis

/// The API over a ring: its desks wired to its routes. Knows no server and no bus, so that tests run it over a ring in
/// memory.
package struct Gateway: Sendable {
    package struct Parts: Sendable {
        package var ring: any Ring
        package var redis: RedisClient
        package var key: SigningKey
        package var hasher = PasswordHasher()
        /// Adds to the queue `membership`.
        package var addErrand: ShelfKeeper.Add
        /// Where people reach the gateway, without a slash at the end.
        package var publicURL: @Sendable () -> String
        /// The addresses of the bridges that are up.
        package var liveURLs: @Sendable () async throws -> [String]
        package var now: @Sendable () -> UInt64
        /// The list app for browsers; nil: this gateway serves the API alone.
        package var app: WebApp?
        package var logger: Logger

        package init(
            ring: any Ring, redis: RedisClient, key: SigningKey, addErrand: @escaping ShelfKeeper.Add,
            publicURL: @escaping @Sendable () -> String, liveURLs: @escaping @Sendable () async throws -> [String],
            now: @escaping @Sendable () -> UInt64, logger: Logger
        ) {
            self.ring = ring
            self.redis = redis
            self.key = key
            self.addErrand = addErrand
            self.publicURL = publicURL
            self.liveURLs = liveURLs
            self.now = now
            self.logger = logger
        }
    }

    package let access: AccessDesk
    package let shelves: ShelfKeeper
    package let table: RouteTable
    private let app: WebApp?
    private let doorkeeper: Doorkeeper
    package let lane: SyncLane

    package init(_ parts: Parts) async {
        app = parts.app
        let library = Library(ring: parts.ring, now: parts.now)
        access = AccessDesk(ring: parts.ring, now: parts.now)
        shelves = ShelfKeeper(library: library, logger: parts.logger, add: parts.addErrand)
        doorkeeper = Doorkeeper(
            verifier: await AccessTokenVerifier(parts.key.verifyingKey), now: parts.now)
        let accounts = AccountDesk(
            library: library, redis: parts.redis, issuer: await AccessTokenIssuer(parts.key), hasher: parts.hasher)
        let sync = SyncRoutes(
            desk: SyncDesk(ring: parts.ring, access: access, shelves: shelves, logger: parts.logger, now: parts.now))
        lane = SyncLane(doorkeeper: doorkeeper, routes: sync, logger: parts.logger)
        let lists = ListDesk(library: library, shelves: shelves, publicURL: parts.publicURL)
        table = RouteTable(
            MetaRoutes(liveURLs: parts.liveURLs).routes + AccountRoutes(desk: accounts).routes
                + ListRoutes(desk: lists).routes + ItemRoutes(desk: lists).routes + HistoryRoutes(desk: lists).routes
                + MemberRoutes(desk: lists).routes + InvitationRoutes(desk: lists).routes
                + sync.routes)
    }

    package func responder() -> RouterResponder<GatewayContext> { table.router(doorkeeper, app: app).buildResponder() }
}
