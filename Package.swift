// swift-tools-version: 6.1
// Reads as the architecture: what is pure, the adapters, what stands on them, the services, the tests, in that order.
// A target may depend only on targets above it.
import PackageDescription

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

/// The Swift runtime and Foundation within the program: a tenth less time for the same work, because calls into them need no detour by the
/// dynamic linker. SwiftPM's option for it, `--static-swift-stdlib`, would make tests impossible to build.
/// And mimalloc in the place of the C library's malloc: half a tenth less.
let selfContained: [LinkerSetting] =
    [.unsafeFlags(["-static-stdlib"]), .linkedLibrary("mimalloc")]
    + ["CoreFoundation", "_FoundationICU", "_FoundationCShims", "_FoundationCollections"].map { .linkedLibrary($0) }

/// A module under `Shared/`.
func module(
    _ name: String, _ dependencies: [Target.Dependency] = [], excluding excluded: [String] = [],
    embedding embedded: [String] = []
) -> Target {
    .target(
        name: name, dependencies: dependencies, path: "Shared/\(name)", exclude: ["README.md"] + excluded,
        resources: embedded.map { .embedInCode($0) }, swiftSettings: settings)
}

/// A C library of the system, named by the module map beside the adapter that alone may import it.
func system(_ name: String, in adapter: String, apt: String) -> Target {
    .systemLibrary(name: name, path: "Shared/\(adapter)/\(name)", providers: [.apt([apt])])
}

/// An adapter: a module under `Shared/` whose folder also holds the module map of its C library.
func adapter(_ name: String, over library: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(
        name: name, dependencies: dependencies + [.byName(name: library)],
        path: "Shared/\(name)", exclude: ["README.md", library], swiftSettings: settings)
}

/// A program under `Services/`.
func service(
    _ program: String, in folder: String, _ dependencies: [Target.Dependency], excluding excluded: [String] = []
) -> Target {
    .executableTarget(
        name: program, dependencies: dependencies, path: "Services/\(folder)", exclude: ["README.md"] + excluded,
        swiftSettings: settings, linkerSettings: selfContained)
}

/// The tests of one module, under `Tests/`.
func tests(_ name: String, _ dependencies: [Target.Dependency], excluding excluded: [String] = []) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: dependencies, path: "Tests/\(name)", exclude: excluded,
        swiftSettings: settings)
}

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let asyncHTTPClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let collections = Target.Dependency.product(name: "Collections", package: "swift-collections")
let configuration = Target.Dependency.product(name: "Configuration", package: "swift-configuration")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let cryptoExtras = Target.Dependency.product(name: "CryptoExtras", package: "swift-crypto")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let jwtKit = Target.Dependency.product(name: "JWTKit", package: "jwt-kit")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let metrics = Target.Dependency.product(name: "Metrics", package: "swift-metrics")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioWebSocket = Target.Dependency.product(name: "NIOWebSocket", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let serviceLifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")

let package = Package(
    name: "larder",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
    ],
    targets: [
        // Pure
        module("ListCRDT"),
        module("SyncProtocol", ["ListCRDT"]),
        module("ReplicaCore", ["ListCRDT", "SyncProtocol"]),
        module("Placement", ["ListCRDT"]),
        module("Quorum", ["ListCRDT", "Placement"]),
        module("LivePresence", ["ListCRDT"]),

        // Adapters
        system("CHiredis", in: "Redis", apt: "libhiredis-dev"),
        system("CLibPQ", in: "Postgres", apt: "libpq-dev"),
        system("CLibZMQ", in: "ZeroMQ", apt: "libzmq3-dev"),
        adapter("Redis", over: "CHiredis", [logging, nioCore, nioPosix, nioSSL, collections, serviceLifecycle]),
        adapter("Postgres", over: "CLibPQ", [logging, serviceLifecycle]),
        adapter("ZeroMQ", over: "CLibZMQ", [logging, serviceLifecycle]),

        // On the adapters
        module(
            "Observability",
            [
                argumentParser, configuration, hummingbird, logging, metrics, nioCore, nioPosix, serviceLifecycle,
            ]),
        module("Messages", ["ListCRDT", "Placement", "Redis"]),
        module("Bus", ["ListCRDT", "Messages", "Observability", "Redis", logging, serviceLifecycle]),
        module("JobQueue", ["Redis", collections, logging, metrics, serviceLifecycle]),
        module("Accounts", ["ListCRDT", "Redis", crypto, cryptoExtras, jwtKit]),
        module("ShardStore", ["ListCRDT", "Messages", "Placement", "Postgres", collections]),
        module(
            "Routing",
            [
                "Bus", "ListCRDT", "Messages", "Observability", "Placement", "Quorum", "Redis", collections, logging,
                metrics, serviceLifecycle,
            ]),
        module(
            "GatewayAPI",
            [
                "Accounts", "Bus", "JobQueue", "ListCRDT", "Messages", "Observability", "Redis", "SyncProtocol", crypto,
                hummingbird, logging, metrics, nioCore, nioHTTP1, serviceLifecycle,
            ], embedding: ["openapi.json"]),
        module(
            "ReplicaStore",
            [
                "ListCRDT", "ReplicaCore", "SyncProtocol", asyncHTTPClient, crypto, grdb, nioCore, nioHTTP1, nioPosix,
                nioSSL,
                nioWebSocket,
            ]),

        // Services
        service(
            "gateway", in: "Gateway",
            [
                "Accounts", "Bus", "GatewayAPI", "JobQueue", "Messages", "Observability", "Redis", argumentParser,
                serviceLifecycle,
            ]),
        service(
            "ring-router", in: "RingRouter", ["Bus", "Observability", "Quorum", "Redis", "Routing", argumentParser]),
        service(
            "storage-replica", in: "StorageReplica",
            [
                "Bus", "ListCRDT", "Messages", "Observability", "Placement", "Postgres", "Redis", "Routing",
                "ShardStore",
                argumentParser,
                logging, metrics, serviceLifecycle,
            ]),
        service(
            "sync-batcher", in: "SyncBatcher",
            [
                "Bus", "JobQueue", "ListCRDT", "Messages", "Observability", "Redis", "ZeroMQ", argumentParser, logging,
                metrics,
                serviceLifecycle,
            ]),
        service(
            "bridge", in: "Bridge",
            [
                "Accounts", "Bus", "ListCRDT", "LivePresence", "Messages", "Observability", "Placement", "Redis",
                "ZeroMQ",
                argumentParser, logging, metrics, nioCore, nioHTTP1, nioPosix, nioWebSocket, serviceLifecycle,
            ]),
        service(
            "larder", in: "Larder",
            [
                "Bus", "JobQueue", "ListCRDT", "Messages", "Observability", "Placement", "Postgres", "Redis",
                "ReplicaCore", "ReplicaStore", "Routing", "ShardStore", "SyncProtocol", argumentParser, logging,
            ], excluding: ["Operators/README.md"]),

        // Tests
        .target(name: "TestSupport", path: "Tests/Support", swiftSettings: settings),
        .target(
            name: "TestStack", dependencies: ["ListCRDT", "SyncProtocol", "TestSupport"], path: "Tests/Stack",
            swiftSettings: settings),
        tests("ListCRDT", ["ListCRDT", "TestSupport"], excluding: ["Vectors"]),
        tests("SyncProtocol", ["ListCRDT", "SyncProtocol", "TestSupport"]),
        tests("Placement", ["ListCRDT", "Placement", "TestSupport"]),
        tests("Quorum", ["ListCRDT", "Placement", "Quorum", "TestSupport"]),
        tests("LivePresence", ["ListCRDT", "LivePresence"]),
        tests("Redis", ["Redis", "TestSupport", logging, serviceLifecycle]),
        tests("Postgres", ["Postgres", "TestSupport", logging, serviceLifecycle]),
        tests("ZeroMQ", ["TestSupport", "ZeroMQ", logging, serviceLifecycle]),
        tests(
            "Observability",
            ["Observability", "TestSupport", argumentParser, hummingbird, logging, metrics, serviceLifecycle]),
        tests("Bus", ["Bus", "ListCRDT", "Messages", "Redis", "TestSupport", logging, serviceLifecycle]),
        tests("Messages", ["ListCRDT", "Messages", "Placement", "Redis"]),
        tests(
            "JobQueue", ["JobQueue", "Redis", "TestSupport", logging, serviceLifecycle], excluding: ["Interoperability"]
        ),
        tests("Accounts", ["Accounts", "ListCRDT", "Redis", "TestSupport", crypto, jwtKit, logging]),
        tests("ShardStore", ["ListCRDT", "Messages", "Placement", "Postgres", "ShardStore", "TestSupport", logging]),
        tests("Routing", ["ListCRDT", "Messages", "Placement", "Quorum", "Routing"]),
        tests(
            "GatewayAPI",
            [
                "Accounts", "Bus", "GatewayAPI", "JobQueue", "ListCRDT", "Messages", "Observability", "Redis",
                "SyncProtocol",
                "TestSupport", hummingbird, logging,
            ]),
        tests("ReplicaCore", ["ListCRDT", "ReplicaCore", "SyncProtocol"]),
        tests("ReplicaStore", ["ListCRDT", "ReplicaStore", "SyncProtocol", "TestSupport", grdb]),
        .target(
            name: "Abuse", dependencies: ["Accounts", "ListCRDT", "SyncProtocol", "TestStack", "TestSupport", crypto],
            path: "Tests/Abuse", exclude: ["README.md"], swiftSettings: settings),
        .target(
            name: "Chaos",
            dependencies: [
                "ListCRDT", "Messages", "Placement", "Postgres", "ReplicaStore", "ShardStore", "SyncProtocol",
                "TestStack", "TestSupport", asyncHTTPClient, logging, nioCore, nioHTTP1,
            ], path: "Tests/Chaos", exclude: ["README.md", "BrokenGateway", "BrokenRouter", "Checks", "Command"],
            swiftSettings: settings),
        .testTarget(
            name: "ChaosTests", dependencies: ["Chaos", "ListCRDT"], path: "Tests/Chaos/Checks",
            swiftSettings: settings),
        tests(
            "Integration",
            ["Abuse", "Accounts", "Chaos", "ListCRDT", "ReplicaStore", "SyncProtocol", "TestStack", "TestSupport"],
            excluding: ["OpenAPI"]),
        tests("Lint", []),

        // What measures and torments the services: scripts/bench, scripts/chaos
        .executableTarget(
            name: "larder-bench",
            dependencies: [
                "Abuse", "ListCRDT", "Messages", "Redis", "ReplicaStore", "SyncProtocol", "TestStack", "TestSupport",
                argumentParser, logging, nioCore, nioHTTP1, nioPosix,
            ], path: "Tests/Load", exclude: ["README.md", "peers"], swiftSettings: settings),
        .executableTarget(
            name: "larder-chaos", dependencies: ["Chaos", "TestStack", "TestSupport", argumentParser],
            path: "Tests/Chaos/Command",
            swiftSettings: settings),
        .executableTarget(
            name: "broken-gateway",
            dependencies: [
                "Accounts", "Bus", "GatewayAPI", "JobQueue", "ListCRDT", "Messages", "Observability", argumentParser,
                serviceLifecycle,
            ], path: "Tests/Chaos/BrokenGateway", swiftSettings: settings),
        .executableTarget(
            name: "broken-router",
            dependencies: ["Bus", "Observability", "Quorum", "Redis", "Routing", argumentParser],
            path: "Tests/Chaos/BrokenRouter", swiftSettings: settings),
    ]
)
