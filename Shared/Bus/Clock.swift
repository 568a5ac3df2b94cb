internal import Foundation

/// Milliseconds since 1970 by this machine's clock. Only shells call it; cores are told the time.
package func wallClockMilliseconds() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return UInt64(time.tv_sec) * 1000 + UInt64(time.tv_nsec) / 1_000_000
}
