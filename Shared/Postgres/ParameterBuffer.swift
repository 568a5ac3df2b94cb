/// The binary forms of one step's parameters, laid end to end, and the tables of pointers that libpq takes.
///
/// A connection keeps one and fills it again for each step, so that sending allocates nothing once it is warm.
struct ParameterBuffer {
    private static let bytesKept = 1 << 20
    /// The protocol counts parameters in 16 bits, and the server takes messages of up to 1 GiB.
    private static let parametersMax = 65_535
    private static let bytesMax = 1 << 30

    private var bytes: [UInt8] = []
    private var offsets: [Int?] = []
    private var lengths: [Int32] = []
    private var formats: [Int32] = []
    private var pointers: [UnsafePointer<CChar>?] = []

    /// To be asked of every step before the first is sent.
    static func check(_ parameters: [PostgresParameter]) throws(PostgresError) {
        guard parameters.count <= parametersMax else {
            throw .misuse("\(parameters.count) parameters in one statement; the most is \(parametersMax): send arrays")
        }
        guard parameters.reduce(0, { $0 + $1.byteCount }) <= bytesMax else {
            throw .misuse("the parameters of one statement exceed \(bytesMax) bytes: send fewer rows")
        }
    }

    mutating func fill(_ parameters: [PostgresParameter]) {
        bytes.removeAll(keepingCapacity: bytes.capacity <= Self.bytesKept)
        bytes.append(0)  // so that an empty value still has an address: libpq takes a null pointer for NULL
        offsets.removeAll(keepingCapacity: true)
        lengths.removeAll(keepingCapacity: true)
        for parameter in parameters {
            let start = bytes.count
            encode(parameter)
            offsets.append(parameter.typeID == TypeID.unspecified ? nil : start)
            lengths.append(Int32(truncatingIfNeeded: bytes.count - start))
        }
    }

    /// Calls `body` with the tables that `PQsendQueryPrepared` takes, valid during the call.
    mutating func withTables<R>(
        _ body: (
            _ count: Int32, _ values: UnsafePointer<UnsafePointer<CChar>?>?, _ lengths: UnsafePointer<Int32>?,
            _ formats: UnsafePointer<Int32>?
        ) -> R
    ) -> R {
        while formats.count < offsets.count { formats.append(1) }
        return bytes.withUnsafeBytes { bytes in
            let start = bytes.bindMemory(to: CChar.self).baseAddress
            pointers.removeAll(keepingCapacity: true)
            for offset in offsets { pointers.append(offset.flatMap { start?.advanced(by: $0) }) }
            return body(Int32(offsets.count), pointers, lengths, formats)
        }
    }

    private mutating func encode(_ parameter: PostgresParameter) {
        switch parameter {
        case .null: break
        case .smallint(let value): append(value)
        case .int(let value): append(value)
        case .bool(let value): bytes.append(value ? 1 : 0)
        case .text(let value): append(value)
        case .bytes(let value): bytes.append(contentsOf: value)
        case .smallintArray(let values):
            encodeArray(of: TypeID.int2, values) { buffer, value in buffer.append(value) }
        case .intArray(let values):
            encodeArray(of: TypeID.int8, values) { buffer, value in buffer.append(value) }
        case .textArray(let values):
            encodeArray(of: TypeID.text, values) { buffer, value in buffer.append(value) }
        case .bytesArray(let values):
            encodeArray(of: TypeID.bytes, values) { buffer, value in buffer.bytes.append(contentsOf: value) }
        }
    }

    /// Dimensions (none when empty), whether there are NULLs, the element's type, size, lower bound, then each element
    /// after its length.
    private mutating func encodeArray<Element>(
        of type: UInt32, _ values: [Element], _ encode: (inout Self, Element) -> Void
    ) {
        append(Int32(values.isEmpty ? 0 : 1))
        append(Int32(0))
        append(type)
        guard !values.isEmpty else { return }
        append(Int32(truncatingIfNeeded: values.count))
        append(Int32(1))
        for value in values {
            let lengthAt = bytes.count
            append(Int32(0))
            encode(&self, value)
            let length = UInt32(truncatingIfNeeded: bytes.count - lengthAt - 4)
            for index in 0..<4 { bytes[lengthAt + index] = UInt8(truncatingIfNeeded: length >> (24 - 8 * index)) }
        }
    }

    private mutating func append(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
    }

    private mutating func append(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }
}

extension PostgresParameter {
    /// An upper bound of the binary form's size.
    fileprivate var byteCount: Int {
        switch self {
        case .null, .smallint, .int, .bool: 8
        case .text(let value): value.utf8.count
        case .bytes(let value): value.count
        case .smallintArray(let values): 20 + 6 * values.count
        case .intArray(let values): 20 + 12 * values.count
        case .textArray(let values): values.reduce(20) { $0 + 4 + $1.utf8.count }
        case .bytesArray(let values): values.reduce(20) { $0 + 4 + $1.count }
        }
    }
}
