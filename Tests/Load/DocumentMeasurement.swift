internal import ListCRDT
internal import TestSupport

/// ListCRDT's side of the comparison: the same operations, in this process, on one thread.
struct DocumentMeasurement {
    private let trace: DocumentTrace
    /// The list as its author has it after `trace.edits`, and what is known of it.
    private let base: Document
    private let ids: [EntryID]
    private let addedBytes: Int
    private let author: ReplicaID
    private let time: UInt64 = 1_790_000_000_000

    init(_ trace: DocumentTrace) {
        self.trace = trace
        author = ReplicaID(rawValue: 0x1234_5678_9ABC_DEF0)
        var pen = Pen(replica: author, time: time)
        var document = Document(kind: .list)
        var ids: [EntryID] = []
        var last: [UInt8]?
        var addedBytes = 0
        for item in trace.items {
            let dot = pen.dot()
            let position = Position.between(last, nil, dot: dot)
            let id = EntryID(dot: dot)
            let changes: [FieldChange] = [
                .set(.name, .string(item.name)), .set(.checked, .bool(false)), .set(.position, .bytes(position)),
                .setTarget(.quantity, item.quantity),
            ]
            addedBytes += document.edit(EntryKey(.items, id), changes, dot: dot, stamp: pen.stamp()).encoded().count
            ids.append(id)
            last = position
        }
        for edit in trace.edits { _ = pen.edit(&document, ids[edit.item], edit) }
        (base, self.ids, self.addedBytes) = (document, ids, addedBytes)
    }

    /// Also how long a delta that is decoded already takes to be joined, in microseconds.
    func figures(repetitions: Int) throws -> (figures: DocumentFigures, join: Double) {
        let bytes = base.encoded()
        let (deltas, after) = edited()
        let encoded = deltas.map { $0.encoded() }
        var figures = DocumentFigures()
        figures.itemBytes = Double(bytes.count - trace.textBytes) / Double(trace.items.count)
        figures.laterItemBytes = Double(after.encoded().count - trace.textBytes) / Double(trace.items.count)
        figures.addedBytes = Double(addedBytes) / Double(trace.items.count)
        figures.deltaBytes = Double(encoded.reduce(0) { $0 + $1.count }) / Double(encoded.count)
        let (edits, count) = (trace.more.count, trace.items.count)
        let written = encoded.reduce(0) { $0 + $1.count }
        let timed = Timing(repetitions: repetitions)
        figures.edit =
            try timed.median {
                encodesEdits()
            } check: {
                $0 == written
            } / Double(edits)
        let join =
            try timed.median {
                joined(deltas)
            } check: {
                $0.context == after.context
            } / Double(edits)
        figures.apply =
            try timed.median {
                try applied(encoded)
            } check: {
                $0.context == after.context
            } / Double(edits)
        let often = Timing(repetitions: repetitions * DocumentFigures.wholeLists)
        figures.encode = try encodesAfterEdits(often)
        figures.encodeAgain = try often.median {
            base.encoded()
        } check: {
            $0 == bytes
        }
        figures.decode = try often.median {
            try Document(decoding: bytes)
        } check: {
            $0.entries.count == count
        }
        figures.load = try often.median {
            try Document(decoding: bytes).list
        } check: {
            $0.items.last?.name == trace.items.last?.name
        }
        return (figures, join)
    }

    /// Each time another item is edited first, which is not timed.
    private func encodesAfterEdits(_ timed: Timing) throws -> Double {
        var (document, pen, edits) = (base, self.pen, trace.more.makeIterator())
        func editOne() {
            if let edit = edits.next() { _ = pen.edit(&document, ids[edit.item], edit) }
        }
        return try timed.median(after: editOne) {
            document.encoded()
        } check: {
            $0.count >= trace.textBytes
        }
    }

    private struct Timing {
        let repetitions: Int

        /// Microseconds. What comes of the work is looked at, and released, when the time is taken, as it is with the peers.
        func median<Result>(
            after preparation: () -> Void = {}, _ work: () throws -> Result, check isRight: (Result) -> Bool
        ) throws -> Double {
            try (0..<repetitions).map { _ in
                preparation()
                let start = ContinuousClock.now
                let result = try work()
                let taken = ContinuousClock.now - start
                guard isRight(result) else { throw TestSupportError("ListCRDT: another result than the author's") }
                return taken / .microseconds(1)
            }.median
        }
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
