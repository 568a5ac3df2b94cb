package import Foundation
import Synchronization

/// A server that a test starts: signalled by its process id, and killed with the test process, even when that crashes.
///
/// A shell stands between: it holds a pipe from us, and when the pipe closes it kills the server. Spawned without Foundation's
/// `Process`, whose children inherit one another's pipes and so would keep one another alive.
package final class ChildProcess: Sendable {
    private enum State {
        case running
        case ended
    }

    package let processID: Int32
    private let shellID: Int32
    private let lifeline: Mutex<FileHandle?>
    private let state = Mutex(State.running)

    /// `log` takes its output. `command` begins with the program's path.
    package init(_ command: [String], log: URL) throws {
        let (shellID, lifeline, output) = try spawning.withLock { _ in
            let (input, output) = (try Self.pipe(), try Self.pipe())
            let shellID = try Self.spawn(
                ["/bin/sh", "-c", script, "sh", log.path] + command,
                input: input.read.fileDescriptor, output: output.write.fileDescriptor)
            return (shellID, input.write, output.read)
        }
        let line = String(decoding: output.availableData, as: UTF8.self)
        guard let processID = Int32(line.trimmingCharacters(in: .whitespacesAndNewlines)) else {
            throw TestSupportError("cannot start \(command)")
        }
        self.processID = processID
        self.shellID = shellID
        self.lifeline = Mutex(lifeline)
    }

    deinit { release() }

    package var isRunning: Bool {
        state.withLock { state in
            if case .running = state, waitpid(shellID, nil, WNOHANG) != 0 { state = .ended }
            return state == .running
        }
    }

    package func signal(_ signal: Int32) { _ = Foundation.kill(processID, signal) }

    /// SIGSTOP; returns when it stands still.
    package func pause() async throws {
        signal(SIGSTOP)
        try await eventually(within: .seconds(20), "process \(processID) stands still") {
            ProcessState(of: processID) == .stopped
        }
    }

    /// Sends the signal and waits until the process is gone.
    package func end(_ signal: Int32) async throws {
        self.signal(signal)
        try await eventually(within: .seconds(20), "process \(processID) ends") { !isRunning }
        release()
    }

    /// Lets go of the pipe, which ends what still runs.
    private func release() {
        lifeline.withLock { lifeline in
            try? lifeline?.close()
            lifeline = nil
        }
    }

    private static func pipe() throws -> (read: FileHandle, write: FileHandle) {
        var ends: [Int32] = [0, 0]
        guard Foundation.pipe(&ends) == 0 else { throw TestSupportError("no pipe") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (
            FileHandle(fileDescriptor: ends[0], closeOnDealloc: true),
            FileHandle(fileDescriptor: ends[1], closeOnDealloc: true)
        )
    }

    private static func spawn(_ arguments: [String], input: Int32, output: Int32) throws -> Int32 {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        // A thread of the test may block signals, and a child would inherit that: a shell that never hears of its child's end.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var argv = arguments.map { strdup($0) } + [nil]
        var environment = ProcessInfo.processInfo.environment.map { strdup("\($0)=\($1)") } + [nil]
        defer { for each in argv + environment { free(each) } }
        var processID: Int32 = 0
        let failure = posix_spawn(&processID, arguments[0], &actions, &attributes, &argv, &environment)
        guard failure == 0 else {
            throw TestSupportError("cannot start a shell: \(String(cString: strerror(failure)))")
        }
        return processID
    }
}

/// One at a time, so that no child is made while another's pipes are still inheritable.
private let spawning = Mutex(())

private let script = """
    exec 3<&0 2>>"$1"; log=$1; shift
    "$@" 3<&- </dev/null >>"$log" 2>&1 &
    server=$!; echo $server
    { cat <&3; kill -9 $server; } >/dev/null 2>&1 &
    exec 3<&- >&-; wait $server
    """
