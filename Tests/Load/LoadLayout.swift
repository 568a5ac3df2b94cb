internal import TestStack
internal import TestSupport

extension Stack.Layout {
    /// What the benchmark measures on unless it says otherwise: three copies on three Postgres servers, as the peer has; Redis as
    /// `scripts/up` and `compose` run it.
    static var measured: Stack.Layout {
        var layout = Stack.Layout()
        (layout.shards, layout.zones) = (3, 3)
        layout.redis = .init(appendOnly: true, fsync: "everysec")
        layout.postgres = ["max_connections": "100", "shared_buffers": "128MB", "max_wal_size": "4GB"]
        return layout
    }
}

extension Stack {
    /// Runs `body` with a fleet of devices on services of its own.
    static func loaded(
        _ layout: Layout = .measured, _ body: (Stack, Fleet) async throws -> Void
    ) async throws {
        try await run(layout) { stack in
            let fleet = try await Fleet(at: stack)
            do { try await body(stack, fleet) } catch {
                try await fleet.stop()
                throw error
            }
            try await fleet.stop()
        }
    }
}
