// The WebAssembly module (Shared/WebAssembly) as the app calls it: documents by handle, bytes as Uint8Array, ids and replicas as
// hexadecimal text, stamps' times as bigint. A call that the module refuses throws a ListError with its code.
import { Reader, Writer } from "./bytes";
import {
    readDot, readEntries, readFields, readKey, readOperation, writeKey, writeOperation, type Dot, type EntryState, type Fields, type Key,
    type Kind, type Operation, type Outcome, type RequestPart, type ShownEntry,
} from "./forms";

export type Handle = number;

const meanings: Record<number, string> = {
    [-1]: "truncated", [-2]: "malformed", [-3]: "too large", [-4]: "trailing bytes", [-5]: "unsupported version",
    [-6]: "unknown kind", [-7]: "not canonical", [-8]: "unknown handle", [-9]: "refused",
};

export class ListError extends Error {
    constructor(readonly code: number) {
        super(`the list module answered ${code}: ${meanings[code] ?? "unknown"}`);
    }
}

type Exported = (...numbers: (number | bigint)[]) => number;
const nothing = new Uint8Array();

export class ListModule {
    private constructor(private readonly memory: WebAssembly.Memory, private readonly exports: Record<string, Exported>) {}

    static async load(source: BufferSource | Response): Promise<ListModule> {
        let memory: WebAssembly.Memory | null = null;
        const random = (start: number, count: number): void => {
            if (memory) crypto.getRandomValues(new Uint8Array(memory.buffer, start, count));
        };
        const imports = { host: { random } };
        const { instance } = source instanceof Response
            ? await WebAssembly.instantiateStreaming(source, imports)
            : await WebAssembly.instantiate(source, imports);
        memory = instance.exports["memory"] as WebAssembly.Memory;
        return new ListModule(memory, instance.exports as Record<string, Exported>);
    }

    // Documents

    /** A document, or the part of one that the entries are. */
    open(kind: Kind, context: Uint8Array = nothing, entries: readonly EntryState[] = []): Handle {
        const input = new Writer().byte(kind).counted(context).varint(entries.length);
        for (const entry of entries) input.byte(entry.collection).hex(entry.id).counted(entry.state);
        return this.number("larder_document_open", [], input.done());
    }

    decode(bytes: Uint8Array): Handle {
        return this.number("larder_document_decode", [], bytes);
    }

    free(handle: Handle): void {
        this.exports["larder_document_free"]!(handle);
    }

    encode(handle: Handle): Uint8Array {
        return this.bytes("larder_document_encode", [handle]);
    }

    context(handle: Handle): Uint8Array {
        return this.bytes("larder_document_context", [handle]);
    }

    entries(handle: Handle): EntryState[] {
        return readEntries(new Reader(this.bytes("larder_document_entries", [handle])));
    }

    shown(handle: Handle): ShownEntry[] {
        const reader = new Reader(this.bytes("larder_document_shown", [handle]));
        return reader.list(() => ({ ...readKey(reader), versions: reader.number(), fields: readFields(reader) }));
    }

    versions(handle: Handle, key: Key): { dot: Dot; fields: Fields }[] {
        const reader = new Reader(this.bytes("larder_document_versions", [handle], writeKey(new Writer(), key).done()));
        return reader.list(() => ({ dot: readDot(reader), fields: readFields(reader) }));
    }

    deltaSince(handle: Handle, context: Uint8Array): Uint8Array {
        return this.bytes("larder_document_delta_since", [handle], context);
    }

    /** Returns how often one dot named two things, normally 0. */
    merge(handle: Handle, delta: Uint8Array): number {
        return this.number("larder_document_merge", [handle], delta);
    }

    /** `clock`: a stamp's time of an earlier attempt, or what the clock has seen and the time now. */
    perform(
        handle: Handle, key: Key, dot: Dot, intent: Uint8Array, clock: { stamp: bigint } | { latest: bigint; now: number },
    ): { time: bigint; delta: Uint8Array } {
        const input = writeKey(new Writer(), key).hex(dot.replica).varint(dot.counter);
        if ("stamp" in clock) input.byte(1).varint(clock.stamp);
        else input.byte(0).varint(clock.latest).varint(clock.now);
        const reader = new Reader(this.bytes("larder_document_perform", [handle], input.raw(intent).done()));
        return { time: reader.big(), delta: reader.rest() };
    }

    // Deltas, contexts, positions

    subjects(delta: Uint8Array): { loose: boolean; time: bigint; keys: Key[]; replicas: string[] } {
        const reader = new Reader(this.bytes("larder_delta_subjects", [], delta));
        return {
            loose: reader.byte() === 1, time: reader.big(), keys: reader.list(() => readKey(reader)),
            replicas: reader.list(() => reader.hex(8)),
        };
    }

    join(deltas: readonly Uint8Array[]): Uint8Array {
        const input = new Writer().varint(deltas.length);
        for (const delta of deltas) input.counted(delta);
        return this.bytes("larder_delta_join", [], input.done());
    }

    /** How many of the replica's operations a delta speaks for. */
    weight(delta: Uint8Array, replica: string): number {
        return this.number("larder_delta_weight", [], delta, asInt64(replica));
    }

    highest(context: Uint8Array, replica: string): number {
        if (context.length === 0) return 0;
        return this.with([context], (places) => Number(this.exports["larder_context_highest"]!(...places, asInt64(replica))));
    }

    holds(context: Uint8Array, dots: readonly Dot[]): boolean[] {
        const input = new Writer().varint(dots.length);
        for (const dot of dots) input.hex(dot.replica).varint(dot.counter);
        return Array.from(this.bytes("larder_context_holds", [], context, input.done()), (byte) => byte === 1);
    }

    /** Whether a context holds all of another. */
    covers(context: Uint8Array, other: Uint8Array): boolean {
        return context.length > 0 && this.number("larder_context_covers", [], context, other) === 1;
    }

    /** No bytes mean the beginning and the end. */
    positionBetween(left: Uint8Array, right: Uint8Array, dot: Dot): Uint8Array {
        const replica = asInt64(dot.replica);
        return this.with([left, right], (places) =>
            this.result(this.exports["larder_position_between"]!(...places, replica, BigInt(dot.counter))));
    }

    // Sync

    request(replica: string, parts: readonly RequestPart[]): Uint8Array {
        const input = new Writer().hex(replica).varint(parts.length);
        for (const part of parts) {
            input.hex(part.id).byte(part.kind).counted(part.context).varint(part.deltas.length);
            for (const delta of part.deltas) input.counted(delta);
            input.varint(part.acknowledgedCounter);
        }
        return this.bytes("larder_sync_request", [], input.done());
    }

    /** Opens an answer. The questions below are about the one that was opened last. */
    response(bytes: Uint8Array): { serverMilliseconds: number; documents: { id: string; status: number }[] } {
        const reader = new Reader(this.bytes("larder_sync_response", [], bytes));
        return {
            serverMilliseconds: reader.number(), documents: reader.list(() => ({ id: reader.hex(16), status: reader.byte() })),
        };
    }

    answerContext(index: number): Uint8Array {
        return this.bytes("larder_sync_context", [index]);
    }

    /** No bytes: nothing. */
    answerDelta(index: number): Uint8Array {
        return this.bytes("larder_sync_delta", [index]);
    }

    answerConsequences(index: number, sent: { acknowledgedCounter: number; replaying: boolean; pushedThrough: number }): number[] {
        const numbers = [index, BigInt(sent.acknowledgedCounter), sent.replaying ? 1 : 0, BigInt(sent.pushedThrough)];
        return Array.from(this.bytes("larder_sync_consequences", numbers));
    }

    replay(input: {
        reason: number; kind: Kind; acknowledged: Uint8Array; counter: number; whole: Uint8Array; replica: string; spare: string;
        latest: bigint; now: number; pending: readonly Operation[];
    }): Outcome {
        const writer = new Writer().byte(input.reason).byte(input.kind).counted(input.acknowledged).varint(input.counter)
            .counted(input.whole).hex(input.replica).hex(input.spare).varint(input.latest).varint(input.now)
            .varint(input.pending.length);
        for (const operation of input.pending) writeOperation(writer, operation);
        const reader = new Reader(this.bytes("larder_replay", [], writer.done()));
        return {
            takesSpare: reader.byte() === 1, time: reader.big(), delivered: reader.list(() => reader.number()),
            redone: reader.byte() === 0 ? null : {
                counter: reader.number(), context: reader.counted(), entries: readEntries(reader),
                operations: reader.list(() => readOperation(reader)),
            },
        };
    }

    // Calls

    private number(name: string, numbers: (number | bigint)[], ...inputs: (Uint8Array | bigint)[]): number {
        return this.call(name, numbers, inputs, (answer) => this.checked(answer));
    }

    private bytes(name: string, numbers: (number | bigint)[], ...inputs: (Uint8Array | bigint)[]): Uint8Array {
        return this.call(name, numbers, inputs, (answer) => this.result(answer));
    }

    private call<Result>(
        name: string, numbers: (number | bigint)[], inputs: (Uint8Array | bigint)[], read: (answer: number) => Result,
    ): Result {
        const blocks = inputs.filter((input): input is Uint8Array => input instanceof Uint8Array);
        const last = inputs.filter((input): input is bigint => typeof input === "bigint");
        return this.with(blocks, (places) => read(this.exports[name]!(...numbers, ...places, ...last)));
    }

    /** Copies byte arrays into the module for the time of a call. */
    private with<Result>(inputs: readonly Uint8Array[], body: (places: number[]) => Result): Result {
        const places: number[] = [];
        for (const input of inputs) {
            const start = this.exports["larder_alloc"]!(input.length);
            new Uint8Array(this.memory.buffer, start, input.length).set(input);
            places.push(start, input.length);
        }
        try {
            return body(places);
        } finally {
            for (let index = 0; index < places.length; index += 2) this.exports["larder_free"]!(places[index]!);
        }
    }

    private checked(answer: number): number {
        if (answer < 0) throw new ListError(answer);
        return answer;
    }

    private result(count: number): Uint8Array {
        this.checked(count);
        return new Uint8Array(this.memory.buffer, this.exports["larder_result"]!(), count).slice();
    }
}

const asInt64 = (hex: string): bigint => BigInt.asIntN(64, BigInt(`0x${hex}`));
