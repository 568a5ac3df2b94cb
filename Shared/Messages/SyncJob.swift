internal import Foundation
package import ListCRDT

/// What a gateway hands in at once: pushes of devices, as one job on the queue `sync`. JSON, so that the queue's dashboards can show
/// whose and which they are; the pushes themselves are in `body`, binary.
package struct SyncJob: Sendable, Equatable {
    package static let queue = "sync"
    package static let name = "push"
    /// Pushes in one job.
    package static let pushesMax = 256

    /// One document's operations, by one device.
    package struct Push: Sendable, Equatable {
        package var document: DocumentID
        /// The correlation id under which the gateway waits for what became of it.
        package var id: UInt64
        /// A `Delta`, encoded.
        package var delta: [UInt8]
        package var author: UserID
        package var username: String
        /// The replica whose operations these are.
        package var replica: ReplicaID
        package var atMilliseconds: UInt64
        package var deadlineMilliseconds: UInt64
        package var trace: UInt64

        package init(
            document: DocumentID, id: UInt64, delta: [UInt8], author: UserID, username: String, replica: ReplicaID,
            atMilliseconds: UInt64, deadlineMilliseconds: UInt64, trace: UInt64
        ) {
            self.document = document
            self.id = id
            self.delta = delta
            self.author = author
            self.username = username
            self.replica = replica
            self.atMilliseconds = atMilliseconds
            self.deadlineMilliseconds = deadlineMilliseconds
            self.trace = trace
        }
    }

    /// The gateway instance that waits for the answers.
    package var from: String
    package var pushes: [Push]

    package init(from: String, pushes: [Push]) {
        self.from = from
        self.pushes = pushes
    }
}

extension SyncJob {
    private struct Wire: Codable {
        var from, by, documents, traces: String
        var body: Data
    }

    package func json() throws(DecodingFailure) -> String {
        let wire = Wire(
            from: from, by: Words.distinct(pushes.map(\.username)), documents: Words.hex(pushes.map(\.document)),
            traces: Words.hex(pushes.map(\.trace)), body: Data(body))
        do { return String(decoding: try JSONEncoder().encode(wire), as: UTF8.self) } catch { throw .malformed(.shape) }
    }

    package init(json: String) throws(DecodingFailure) {
        guard let wire = try? JSONDecoder().decode(Wire.self, from: Data(json.utf8)) else { throw .malformed(.shape) }
        var reader = ByteReader([UInt8](wire.body))
        let count = try reader.varint()
        guard count <= UInt64(Self.pushesMax) else { throw .tooLarge }
        self.init(from: wire.from, pushes: [])
        for _ in 0..<count { pushes.append(try Push(from: &reader)) }
        guard reader.atEnd else { throw .trailingBytes }
    }

    private var body: [UInt8] {
        var writer = ByteWriter(reservingCapacity: pushes.reduce(16) { $0 + $1.delta.count + 128 })
        writer.varint(UInt64(pushes.count))
        for push in pushes { push.write(to: &writer) }
        return writer.bytes
    }
}

extension SyncJob.Push {
    fileprivate func write(to writer: inout ByteWriter) {
        for part in [document, author] {
            writer.fixed64(part.high)
            writer.fixed64(part.low)
        }
        writer.string(username)
        writer.fixed64(replica.rawValue)
        writer.fixed64(trace)
        for number in [id, atMilliseconds, deadlineMilliseconds] { writer.varint(number) }
        writer.bytes(delta)
    }

    fileprivate init(from reader: inout ByteReader) throws(DecodingFailure) {
        let document = DocumentID(high: try reader.fixed64(), low: try reader.fixed64())
        let author = UserID(high: try reader.fixed64(), low: try reader.fixed64())
        let username = try reader.string()
        let replica = ReplicaID(rawValue: try reader.fixed64())
        let trace = try reader.fixed64()
        let (id, at, deadline) = (try reader.varint(), try reader.varint(), try reader.varint())
        self.init(
            document: document, id: id, delta: try reader.bytes(), author: author, username: username,
            replica: replica, atMilliseconds: at, deadlineMilliseconds: deadline, trace: trace)
    }
}
