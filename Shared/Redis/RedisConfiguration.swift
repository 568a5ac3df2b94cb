internal import Foundation
internal import NIOCore
internal import NIOSSL

/// Where a Redis is, and who we are to it.
package struct RedisConfiguration: Sendable {
    package var host: String
    package var port: Int
    package var user: String?
    package var password: String?
    package var database = 0
    package var limits = RedisLimits()
    private var tls: NIOSSLContext?

    package init(host: String = "127.0.0.1", port: Int = 6379) {
        self.host = host
        self.port = port
    }

    /// `redis://[[user]:password@]host[:port][/database]`, or `rediss://` for TLS, then also `?ca=FILE` (PEM) instead of the
    /// system's certificate authorities.
    package init(url text: String) throws(RedisConfigurationError) {
        guard let url = URLComponents(string: text), let host = url.host, !host.isEmpty,
            let scheme = url.scheme, ["redis", "rediss"].contains(scheme)
        else {
            throw RedisConfigurationError(
                "a Redis address looks like redis://user:password@host:6379/0 (or rediss:// for TLS)")
        }
        self.init(host: host.trimmingCharacters(in: ["[", "]"]), port: url.port ?? 6379)
        user = url.user.flatMap { $0.isEmpty ? nil : $0 }
        password = url.password
        let path = url.path.drop { $0 == "/" }
        guard let database = path.isEmpty ? 0 : Int(path), database >= 0 else {
            throw RedisConfigurationError("the path of a Redis address is the number of a database, not “\(path)”")
        }
        self.database = database
        if scheme == "rediss" {
            try useTLS(authorities: url.queryItems?.first { $0.name == "ca" }?.value)
        }
    }

    /// `authorities`: a PEM file; nil: the system's.
    package mutating func useTLS(authorities: String? = nil) throws(RedisConfigurationError) {
        var configuration = TLSConfiguration.makeClientConfiguration()
        if let authorities { configuration.trustRoots = .file(authorities) }
        do {
            tls = try NIOSSLContext(configuration: configuration)
        } catch {
            throw RedisConfigurationError("TLS to Redis cannot be set up: \(error)")
        }
    }

    /// For people: never the password.
    package var address: String { "\(host):\(port)/\(database)" }
}

package struct RedisConfigurationError: Error, Sendable, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}

extension RedisConfiguration {
    /// What is said on each new connection. The PING finds a server that is still loading its data.
    func greeting(name: String) -> [RedisCommand] {
        var commands: [RedisCommand] = []
        if let password {
            commands.append(
                RedisCommand("AUTH", arguments: [user, password].compactMap { $0.map(RedisArgument.string) }))
        }
        if database != 0 { commands.append(RedisCommand("SELECT", .int(Int64(database)))) }
        let plain = String(name.map { $0.isASCII && ("!"..."~").contains($0) ? $0 : "_" })
        if !name.isEmpty { commands.append(RedisCommand("CLIENT", "SETNAME", .string(plain))) }
        return commands + [RedisCommand("PING")]
    }

    func makeTLSHandler() throws -> NIOSSLClientHandler? {
        guard let tls else { return nil }
        return try NIOSSLClientHandler(context: tls, serverHostname: socketAddress == nil ? host : nil)
    }

    /// Nil when the host is a name.
    var socketAddress: SocketAddress? { try? SocketAddress(ipAddress: host, port: port) }
}
