#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// A file that one holder at a time has locked, across processes. Released when it goes out of scope, or with its
/// process.
struct FileLock: ~Copyable {
    private let descriptor: Int32

    /// Nil: somebody else holds it.
    init?(path: String) throws {
        let opened = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        guard opened >= 0 else {
            throw DeviceError.refused("data_folder", "\(path) cannot be opened: \(String(cString: strerror(errno))).")
        }
        guard flock(opened, LOCK_EX | LOCK_NB) == 0 else {
            close(opened)
            return nil
        }
        descriptor = opened
    }

    deinit { close(descriptor) }
}
