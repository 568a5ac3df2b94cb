internal import Foundation

/// Reads JSON that a stranger wrote, and says in words which field is wrong.
package enum JSONBody {
    package static func decode<Body: Decodable>(_ type: Body.Type, from bytes: some Sequence<UInt8>) throws -> Body {
        let data = Data(bytes)
        // JSON has no such byte. UTF-16 and UTF-32, which the decoder would take, are full of them.
        guard !data.contains(0) else { throw APIError(.malformed, "The body is not JSON in UTF-8.") }
        do { return try JSONDecoder().decode(type, from: data) } catch let error as DecodingError {
            throw Self.refusal(error, of: data)
        }
    }

    private static func refusal(_ error: DecodingError, of data: Data) -> APIError {
        switch error {
        case .keyNotFound(let key, let context):
            return APIError(.invalidField, "The field `\(path(context.codingPath + [key]))` is missing.")
        case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
            return APIError(.invalidField, "\(field(context.codingPath)) must be \(words(for: type)).")
        case .dataCorrupted(let context) where !context.codingPath.isEmpty:
            return APIError(.invalidField, "\(field(context.codingPath)) has a value that does not fit.")
        // The decoder does not say where a number was that fits no type.
        case .dataCorrupted where (try? JSONSerialization.jsonObject(with: data)) != nil:
            return APIError(.invalidField, "A field has a number that does not fit.")
        default: return APIError(.malformed, "The body is not JSON.")
        }
    }

    private static func field(_ codingPath: [any CodingKey]) -> String {
        codingPath.isEmpty ? "The body" : "The field `\(path(codingPath))`"
    }

    /// `documents[3].id`
    private static func path(_ codingPath: [any CodingKey]) -> String {
        codingPath.reduce(into: "") { text, key in
            if let index = key.intValue {
                text += "[\(index)]"
            } else {
                text += (text.isEmpty ? "" : ".") + key.stringValue
            }
        }
    }

    private static func words(for type: any Any.Type) -> String {
        switch type {
        case is String.Type: "a string"
        case is Bool.Type: "true or false"
        case is any BinaryInteger.Type: "a whole number"
        case is any BinaryFloatingPoint.Type: "a number"
        default: "\(type)".hasPrefix("Array") ? "an array" : "an object"
        }
    }
}

/// A field that was there: a value, or null where null has a meaning of its own.
package enum Given<Value: Decodable & Sendable>: Sendable {
    case null
    case value(Value)

    var value: Value? { if case .value(let value) = self { value } else { nil } }
}

extension KeyedDecodingContainer {
    /// Nil: the field is not there.
    func given<Value: Decodable & Sendable>(_ type: Value.Type, _ key: Key) throws -> Given<Value>? {
        guard contains(key) else { return nil }
        return try decodeNil(forKey: key) ? .null : .value(value(type, key))
    }

    /// Nil: the field is not there. Null is refused: it has no meaning.
    func present<Value: Decodable>(_ type: Value.Type, _ key: Key) throws -> Value? {
        contains(key) ? try value(type, key) : nil
    }

    /// Names the field also where the decoder throws something of its own: at a number that fits no type.
    private func value<Value: Decodable>(_ type: Value.Type, _ key: Key) throws -> Value {
        do { return try decode(type, forKey: key) } catch let error as DecodingError { throw error } catch {
            throw DecodingError.dataCorrupted(.init(codingPath: codingPath + [key], debugDescription: "\(error)"))
        }
    }
}
