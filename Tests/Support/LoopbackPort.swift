import Foundation

/// Ports on 127.0.0.1.
package enum LoopbackPort {
    /// One that nobody listens on. Outside the range of outgoing connections: one of those must not take it while the test's
    /// server is down, and a client must not reach itself.
    package static func free() throws -> Int {
        for _ in 0..<1000 {
            let port = Int.random(in: 10_000..<32_000)
            if isFree(port) { return port }
        }
        throw TestSupportError("no free port on the loopback")
    }

    package static func accepts(_ port: Int) -> Bool {
        withSocket { descriptor in withAddress(port) { connect(descriptor, $0, $1) == 0 } }
    }

    private static func isFree(_ port: Int) -> Bool {
        withSocket { descriptor in
            var yes: Int32 = 1
            setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
            return withAddress(port) { bind(descriptor, $0, $1) == 0 }
        }
    }

    private static func withSocket(_ body: (Int32) -> Bool) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        defer { close(descriptor) }
        return body(descriptor)
    }

    private static func withAddress(_ port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Bool) -> Bool {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
