package enum RedisArgument: Sendable, Equatable {
    case string(String)
    case int(Int64)
    case bytes([UInt8])
}

extension RedisArgument: ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral {
    package init(stringLiteral value: String) { self = .string(value) }
    package init(integerLiteral value: Int64) { self = .int(value) }
}

/// A command and its arguments, binary safe.
package struct RedisCommand: Sendable, Equatable {
    package let name: String
    package let arguments: [RedisArgument]

    package init(_ name: String, _ arguments: RedisArgument...) {
        self.init(name, arguments: arguments)
    }

    package init(_ name: String, arguments: [RedisArgument]) {
        self.name = name
        self.arguments = arguments
    }
}
