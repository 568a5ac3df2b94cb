internal import Foundation

/// A TCP connection on the loopback that sends whatever bytes it is given, and nothing else. Never blocks a thread.
package final class RawSocket: Sendable {
    /// What there is to read.
    package enum Arrival: Sendable {
        case bytes([UInt8])
        case nothing
        /// The other side has closed, or broken, the connection.
        case ended
    }

    private let descriptor: Int32

    /// - Parameter receiveBytes: the system's buffer for what is not read; nil: as the system likes it.
    package init(_ port: Int, receiveBytes: Int32? = nil) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        guard descriptor >= 0 else { throw TestSupportError("no socket: \(String(cString: strerror(errno)))") }
        var yes: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
        if var size = receiveBytes {
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 || errno == EINPROGRESS else {
            throw TestSupportError("no connection to \(port): \(String(cString: strerror(errno)))")
        }
    }

    deinit { close(descriptor) }

    /// Sends what the system takes at once. Nil: the connection is gone.
    package func offer(_ bytes: ArraySlice<UInt8>) -> Int? {
        let count = bytes.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        if count >= 0 { return count }
        return [EAGAIN, EINTR, ENOTCONN].contains(errno) ? 0 : nil
    }

    package func receive() -> Arrival {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        if count > 0 { return .bytes(Array(buffer[..<count])) }
        return count < 0 && [EAGAIN, EINTR, ENOTCONN].contains(errno) ? .nothing : .ended
    }

    /// No more is sent; what is answered can still be read.
    package func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// What to wait for. The end of the connection is always waited for as well.
    package enum Readiness {
        case reading, writing, ending

        fileprivate var events: Int16 {
            switch self {
            case .reading: Int16(POLLIN)
            case .writing: Int16(POLLOUT)
            case .ending: 0
            }
        }
    }

    /// Blocks the thread; false: the time is over.
    package func block(until readiness: Readiness, _ milliseconds: Int32) -> Bool {
        var poll = pollfd(fd: descriptor, events: readiness.events, revents: 0)
        return Glibc.poll(&poll, 1, milliseconds) > 0
    }

    /// The same on a thread that is there for it.
    @discardableResult
    package func wait(until readiness: Readiness, by deadline: ContinuousClock.Instant) async -> Bool {
        let left = max(0, (deadline - .now) / .milliseconds(1)).rounded(.up)
        return await withCheckedContinuation { continuation in
            waiting.async { continuation.resume(returning: self.block(until: readiness, Int32(left))) }
        }
    }

    /// False: the other side has closed before it took all, or does not take it in time.
    @discardableResult
    package func send(_ bytes: [UInt8], within limit: Duration = .seconds(10)) async -> Bool {
        let deadline = ContinuousClock.now + limit
        var rest = bytes[...]
        while !rest.isEmpty {
            guard let count = offer(rest), ContinuousClock.now < deadline else { return false }
            rest = rest.dropFirst(count)
            if count == 0 { await wait(until: .writing, by: deadline) }
        }
        return true
    }

    /// Reads until `isEnough` of all that was read, or the end, or the time is over.
    package func read(
        within limit: Duration = .seconds(10), until isEnough: ([UInt8]) -> Bool = { _ in false }
    ) async -> (bytes: [UInt8], hasEnded: Bool) {
        let deadline = ContinuousClock.now + limit
        var bytes: [UInt8] = []
        while true {
            switch receive() {
            case .bytes(let more):
                bytes += more
                if isEnough(bytes) { return (bytes, false) }
            case .ended: return (bytes, true)
            case .nothing:
                guard await wait(until: .reading, by: deadline) else { return (bytes, false) }
            }
        }
    }

    /// Waits for the other side to close; nil if it does not in time.
    ///
    /// - Parameter drop: sent once a second.
    /// - Parameter isRead: what comes is read, and thrown away. Otherwise only an error of sending tells of the end.
    package func timeToEnd(within limit: Duration, dripping drop: [UInt8] = [], isRead: Bool = true) async -> Duration?
    {
        let start = ContinuousClock.now
        while ContinuousClock.now < start + limit {
            if !drop.isEmpty, offer(drop[...]) == nil, !isRead { return .now - start }
            let next = drop.isEmpty ? start + limit : min(start + limit, .now + .seconds(1))
            while ContinuousClock.now < next, await wait(until: isRead ? .reading : .ending, by: next) {
                guard isRead, case .bytes = receive() else { return .now - start }
            }
        }
        return nil
    }
}

/// Its threads do nothing but wait.
private let waiting = DispatchQueue(label: "raw sockets", attributes: .concurrent)
