/// Appends numbers and bytes in the forms that `ByteReader` reads. The memory is its own: an array would be asked at
/// every byte whether somebody else has it too.
package struct ByteWriter: ~Copyable {
    private var memory: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    private var count = 0

    package init(reservingCapacity capacity: Int = 32) {
        self.capacity = max(capacity, 1)
        memory = .allocate(capacity: self.capacity)
    }

    deinit {
        memory.deallocate()
    }

    /// All that was written.
    package var bytes: [UInt8] { Array(UnsafeBufferPointer(start: memory, count: count)) }

    private mutating func reserve(_ more: Int) {
        if capacity - count < more { grow(by: more) }
    }

    private mutating func grow(by more: Int) {
        let larger = max(count + more, capacity * 2)
        let copy = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
        copy.update(from: memory, count: count)
        memory.deallocate()
        (memory, capacity) = (copy, larger)
    }

    /// Not inlined, nor are longer numbers: the module for WebAssembly would be 4 KB larger, gzipped, and nothing faster.
    @inline(never)
    package mutating func byte(_ byte: UInt8) {
        reserve(1)
        memory[count] = byte
        count += 1
    }

    /// Seven bits a byte, the least significant first: 1 to 10 bytes.
    package mutating func varint(_ number: UInt64) {
        if number < 0x80 { byte(UInt8(truncatingIfNeeded: number)) } else { longVarint(number) }
    }

    @inline(never)
    private mutating func longVarint(_ number: UInt64) {
        reserve(10)
        var (rest, end) = (number, memory + count)
        while rest >= 0x80 {
            end.pointee = UInt8(truncatingIfNeeded: rest) | 0x80
            end += 1
            rest >>= 7
        }
        end.pointee = UInt8(truncatingIfNeeded: rest)
        count = end + 1 - memory
    }

    /// Small magnitudes of either sign take few bytes.
    package mutating func signed(_ number: Int64) {
        varint(UInt64(bitPattern: (number << 1) ^ (number >> 63)))
    }

    /// Eight bytes, the most significant first.
    package mutating func fixed64(_ number: UInt64) {
        for index in 1...8 { byte(UInt8(truncatingIfNeeded: number >> UInt64(64 - 8 * index))) }
    }

    package mutating func raw(_ more: UnsafeBufferPointer<UInt8>) {
        guard let start = more.baseAddress else { return }
        reserve(more.count)
        (memory + count).update(from: start, count: more.count)
        count += more.count
    }

    package mutating func raw(_ more: [UInt8]) {
        more.withUnsafeBufferPointer { raw($0) }
    }

    /// The length, then the bytes.
    package mutating func bytes(_ more: [UInt8]) {
        varint(UInt64(more.count))
        raw(more)
    }

    /// The length in bytes, then UTF-8.
    package mutating func string(_ text: String) {
        text.withBytes { utf8 in
            varint(UInt64(utf8.count))
            raw(utf8)
        }
    }
}
