internal import ListCRDT
internal import TestSupport

/// ListCRDT's side of the comparison: the same operations, in this process, on one thread.
struct DocumentMeasurement {
    private let trace: DocumentTrace
    /// The list as its author has it after `trace.edits`, and what is known of it.
    private let base: Document
    private let ids: [EntryID]
    private let author: ReplicaID
    private let time: UInt64 = 1_790_000_000_000

    init(_ trace: DocumentTrace) {
        self.trace = trace
        author = ReplicaID(rawValue: 0x1234_5678_9ABC_DEF0)
        var pen = Pen(replica: author, time: time)
        var document = Document(kind: .list)
        var ids: [EntryID] = []
        var last: [UInt8]?
        for item in trace.items {
            let dot = pen.dot()
            let position = Position.between(last, nil, dot: dot)
            let id = EntryID(dot: dot)
            let changes: [FieldChange] = [
                .set(.name, .string(item.name)), .set(.checked, .bool(false)), .set(.position, .bytes(position)),
                .setTarget(.quantity, item.quantity),
            ]
            _ = document.edit(EntryKey(.items, id), changes, dot: dot, stamp: pen.stamp())
            ids.append(id)
            last = position
        }
        for edit in trace.edits { _ = pen.edit(&document, ids[edit.item], edit) }
        (base, self.ids) = (document, ids)
    }

    /// Also how long a delta that is decoded already takes to be joined, in microseconds.
    func figures(repetitions: Int) throws -> (figures: DocumentFigures, join: Double) {
        let bytes = base.encoded()
        let (deltas, after) = edited()
        let encoded = deltas.map { $0.encoded() }
        var figures = DocumentFigures()
        figures.itemBytes = Double(bytes.count - trace.textBytes) / Double(trace.items.count)
        figures.laterItemBytes = Double(after.encoded().count - trace.textBytes) / Double(trace.items.count)
        figures.deltaBytes = Double(encoded.reduce(0) { $0 + $1.count }) / Double(encoded.count)
        let (edits, count) = (trace.more.count, trace.items.count)
        let written = encoded.reduce(0) { $0 + $1.count }
        let median = { (work: () throws -> Bool) in try DocumentMeasurement.median(of: repetitions, work) }
        figures.edit = try median { encodesEdits() == written } / Double(edits)
        let join = try median { joined(deltas).context == after.context } / Double(edits)
        figures.apply = try median { try applied(encoded).context == after.context } / Double(edits)
        figures.encode = try median { base.encoded().count == bytes.count }
        figures.decode = try median { try Document(decoding: bytes).entries.count == count }
        figures.load = try median { try Document(decoding: bytes).list.items.last?.name == trace.items.last?.name }
        return (figures, join)
    }

    /// Microseconds. `work` tells whether its result is right.
    private static func median(of repetitions: Int, _ work: () throws -> Bool) throws -> Double {
        try (0..<repetitions).map { _ in
            var isRight = false
            let taken = try ContinuousClock().measure { isRight = try work() }
            guard isRight else { throw TestSupportError("ListCRDT: another result than the author's") }
            return taken / .microseconds(1)
        }.median
    }

    private func edited() -> (deltas: [Delta], after: Document) {
        var (document, pen) = (base, self.pen)
        let deltas = trace.more.map { pen.edit(&document, ids[$0.item], $0) }
        return (deltas, document)
    }

    /// The author's side; returns how many bytes there were.
    private func encodesEdits() -> Int {
        var (document, pen, count) = (base, self.pen, 0)
        for edit in trace.more { count += pen.edit(&document, ids[edit.item], edit).encoded().count }
        return count
    }

    private func joined(_ deltas: [Delta]) -> Document {
        var copy = base
        for delta in deltas { copy.merge(delta) }
        return copy
    }

    private func applied(_ encoded: [[UInt8]]) throws -> Document {
        var copy = base
        for bytes in encoded { copy.merge(try Delta(decoding: bytes)) }
        return copy
    }

    private var pen: Pen {
        Pen(replica: author, time: time + 86_400_000, minted: UInt64(trace.items.count + trace.edits.count))
    }

    /// Mints a replica's dots and stamps: an operation every two seconds.
    private struct Pen {
        let replica: ReplicaID
        var time: UInt64
        var minted: UInt64 = 0
        var clock: HybridClock

        init(replica: ReplicaID, time: UInt64, minted: UInt64 = 0) {
            (self.replica, self.time, self.minted) = (replica, time, minted)
            clock = HybridClock(replica: replica)
        }

        mutating func dot() -> Dot {
            minted += 1
            return Dot(replica, minted)
        }

        mutating func stamp() -> Stamp {
            time += 2_000
            return clock.next(now: time)
        }

        mutating func edit(_ document: inout Document, _ id: EntryID, _ edit: DocumentTrace.Check) -> Delta {
            document.edit(
                EntryKey(.items, id), [.set(.checked, .bool(edit.checked))], dot: dot(), stamp: stamp())
        }
    }
}
