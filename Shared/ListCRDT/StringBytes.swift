extension String {
    /// Calls `body` with its UTF-8, where it lies. Every string that Swift makes has that; only Objective-C's do not, and
    /// none comes here. The views of a string walk those too, with code that is a tenth of the WebAssembly module.
    func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        // swift-format-ignore: NeverForceUnwrap
        utf8.withContiguousStorageIfAvailable(body)!
    }
}
