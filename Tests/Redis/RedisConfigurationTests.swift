import Redis
import Testing

@Suite("A Redis address")
struct RedisConfigurationTests {
    @Test("Says host, port, user, password and database, each with its default")
    func parts() throws {
        let full = try RedisConfiguration(url: "redis://larder:p%40ss%2Fword@redis.example:7000/2")
        #expect((full.host, full.port, full.user, full.password) == ("redis.example", 7000, "larder", "p@ss/word"))
        #expect(full.database == 2)
        let bare = try RedisConfiguration(url: "redis://[::1]")
        #expect((bare.host, bare.port, bare.user, bare.password) == ("::1", 6379, nil, nil))
        #expect(try RedisConfiguration(url: "redis://:secret@h").user == nil)
        #expect(!full.address.contains("p@ss"))
    }

    @Test(
        "Is refused in words when it is not one",
        arguments: [
            "", "127.0.0.1:6379", "http://h", "redis://", "redis://h/first", "redis://h/-1",
            "rediss://h?ca=/absent.pem",
        ])
    func refused(url: String) {
        #expect(throws: RedisConfigurationError.self) { try RedisConfiguration(url: url) }
    }
}
