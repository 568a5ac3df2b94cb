package import NIOCore
internal import NIOPosix

/// The one thread on which a program's tasks and connections run.
///
/// What arrives on a connection wakes a task, and a task writes to a connection, many thousand times a second. On one thread that is
/// a call; between a pool of threads and event loops each is a switch of threads, which costs more than the work itself. A program
/// that needs more than one core is run several times. What blocks or computes for long has threads of its own: Postgres connections,
/// ZeroMQ, the hashing of passwords.
package final class ServiceThread: TaskExecutor {
    package static let shared = ServiceThread()

    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    package let loop: any EventLoop

    private init() { loop = group.next() }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }

    /// Does `work` on this thread after a while, unless what is returned is called before.
    package func schedule(after duration: Duration, _ work: @escaping @Sendable () -> Void) -> @Sendable () -> Void {
        let alarm = loop.scheduleTask(in: TimeAmount(duration), work)
        return { alarm.cancel() }
    }

    /// As `Task.sleep`, with a timer of this thread: no other thread is woken for it. For what sleeps many times a second.
    package func sleep(for duration: Duration) async throws(CancellationError) {
        let alarm = loop.scheduleTask(in: TimeAmount(duration)) {}
        await withTaskCancellationHandler {
            // It fails only by being cancelled.
            try? await alarm.futureResult.get()
        } onCancel: {
            alarm.cancel()
        }
        if Task.isCancelled { throw CancellationError() }
    }
}
