internal import CHiredis

/// The protocol's reader: bytes in, replies out, each built once as Swift values. Owns hiredis's reader and frees it.
struct ReplyReader: ~Copyable {
    private let reader: UnsafeMutablePointer<redisReader>
    private let functions: UnsafeMutablePointer<redisReplyObjectFunctions>
    private let builder = ReplyBuilder()

    /// Fails only when there is no memory.
    init?() {
        functions = .allocate(capacity: 1)
        functions.initialize(to: ReplyBuilder.functions)
        guard let reader = redisReaderCreateWithFunctions(functions) else {
            functions.deallocate()
            return nil
        }
        self.reader = reader
        reader.pointee.privdata = Unmanaged.passUnretained(builder).toOpaque()
    }

    deinit {
        redisReaderFree(reader)
        functions.deallocate()
    }

    /// Feeds bytes and hands out each reply that is whole. A failure is final: the stream cannot be followed any more.
    ///
    /// In slices, because hiredis moves the unread rest of its buffer to the front again and again.
    func read(_ bytes: UnsafeRawBufferPointer, _ receive: (RedisValue) -> Void) throws(ProtocolFailure) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let slice = UnsafeRawBufferPointer(rebasing: rest.prefix(sliceBytes))
            rest = rest.dropFirst(sliceBytes)
            guard redisReaderFeed(reader, slice.baseAddress, slice.count) == REDIS_OK else { throw failure }
            try drain(receive)
        }
    }

    private func drain(_ receive: (RedisValue) -> Void) throws(ProtocolFailure) {
        while true {
            var whole: UnsafeMutableRawPointer?
            guard redisReaderGetReply(reader, &whole) == REDIS_OK else { throw failure }
            guard whole != nil, let reply = builder.take() else { return }
            receive(reply)
        }
    }

    private var failure: ProtocolFailure {
        ProtocolFailure(
            message: withUnsafeBytes(of: reader.pointee.errstr) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            })
    }
}

struct ProtocolFailure: Error {
    let message: String
}

private let sliceBytes = 16 << 10

/// Joins what hiredis reports, depth first, into one value. Confined to its reader.
private final class ReplyBuilder {
    private var open: [(count: Int, elements: [RedisValue])] = []
    private var finished: RedisValue?

    func take() -> RedisValue? {
        defer { finished = nil }
        return finished
    }

    func begin(count: Int) {
        guard count > 0 else { return add(.array([])) }
        var elements: [RedisValue] = []
        elements.reserveCapacity(min(count, 1024))  // a count is a claim of the peer's
        open.append((count, elements))
    }

    func add(_ value: RedisValue) {
        guard !open.isEmpty else {
            finished = value
            return
        }
        open[open.count - 1].elements.append(value)
        guard open[open.count - 1].elements.count == open[open.count - 1].count else { return }
        add(.array(open.removeLast().elements))
    }
}

extension ReplyBuilder {
    private typealias Task = UnsafePointer<redisReadTask>

    /// hiredis wants an object for each value; the builder itself stands for all of them, and nothing is freed.
    static var functions: redisReplyObjectFunctions {
        redisReplyObjectFunctions(
            createString: { task, text, count in
                ReplyBuilder.report(task) { .text(UnsafeRawBufferPointer(start: text, count: count), type: $0) }
            },
            createArray: { task, count in
                ReplyBuilder.of(task)?.begin(count: Int(count))
                return task?.pointee.privdata
            },
            createInteger: { task, number in ReplyBuilder.report(task) { _ in .integer(Int64(number)) } },
            createNil: { task in ReplyBuilder.report(task) { _ in .null } },
            freeObject: { _ in })
    }

    private static func report(_ task: Task?, _ value: (Int32) -> RedisValue) -> UnsafeMutableRawPointer? {
        guard let task else { return nil }
        of(task)?.add(value(task.pointee.type))
        return task.pointee.privdata
    }

    private static func of(_ task: Task?) -> ReplyBuilder? {
        task?.pointee.privdata.map { Unmanaged<ReplyBuilder>.fromOpaque($0).takeUnretainedValue() }
    }
}

extension RedisValue {
    fileprivate static func text(_ bytes: UnsafeRawBufferPointer, type: Int32) -> RedisValue {
        switch type {
        case REDIS_REPLY_STATUS: .status(String(decoding: bytes, as: UTF8.self))
        case REDIS_REPLY_ERROR: .error(String(decoding: bytes, as: UTF8.self))
        default: .bytes([UInt8](bytes))
        }
    }
}
