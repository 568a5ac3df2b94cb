internal import Foundation
internal import TestSupport

/// Thousands of connections that are held open and say nothing, or say it slowly.
package struct Crowd: Sendable {
    /// Open files that a process needs which holds ten thousand connections.
    private static let descriptors: rlim_t = 12_000

    private let sockets: [RawSocket]

    /// Lets this process, and those it starts from now on, have as many open files as the system allows. Throws if
    /// those are too few for a crowd.
    package static func raiseDescriptorLimit() throws {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        guard limit.rlim_max >= descriptors else {
            throw TestSupportError(
                "open files are limited to \(limit.rlim_max), \(descriptors) are needed: see ulimit -Hn")
        }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    /// Connects `count` times, and sends each the same first bytes.
    package static func gathered(_ count: Int, at port: Int, saying bytes: [UInt8] = []) async throws -> Crowd {
        var sockets: [RawSocket] = []
        sockets.reserveCapacity(count)
        for number in 0..<count {
            sockets.append(try RawSocket(port))
            // The system's line of connections to be accepted is finite: past it some are connected for us alone.
            // Who is answered stood behind all of them.
            if number % 256 == 255 || number == count - 1 { try await passThrough(port) }
        }
        let crowd = Crowd(sockets: sockets)
        for socket in sockets { _ = socket.offer(bytes[...]) }
        return crowd
    }

    private static func passThrough(_ port: Int) async throws {
        let socket = try RawSocket(port)
        await socket.send(RawHTTP.head("GET", "/"))
        let answer = await socket.read { RawHTTP.answer(in: $0[...]) != nil }
        guard !answer.bytes.isEmpty else { throw TestSupportError("nobody is let in at \(port)") }
    }

    /// How many the other side has not closed yet.
    package func standing() -> Int {
        sockets.count { socket in
            while true {
                switch socket.receive() {
                case .bytes: continue
                case .nothing: return true
                case .ended: return false
                }
            }
        }
    }
}
