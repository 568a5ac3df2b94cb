extension String {
    /// Calls `body` with its UTF-8, where it lies. Every string that Swift itself made has that; only Objective-C's do not, and none comes here.
    ///
    /// The views of a string can walk those too: that is a tenth of the WebAssembly module, and slower.
    func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        guard let result = utf8.withContiguousStorageIfAvailable(body) else {
            preconditionFailure("a string that is not UTF-8 in memory")
        }
        return result
    }
}
