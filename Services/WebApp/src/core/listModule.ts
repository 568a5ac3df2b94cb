// The WebAssembly module (Shared/WebAssembly) as the app calls it: documents by handle, bytes as Uint8Array, ids and replicas as
// hexadecimal text, stamps' times as bigint. A call that the module refuses throws a ListError with its code.
import { Reader, Writer } from "./bytes";

export type Handle = number;
export type Kind = 0 | 1 | 2;
export const kinds = { list: 0, shelf: 1, account: 2 } as const;
export const collections = { head: 0, items: 1, members: 2 } as const;
export const fields = {
    name: 1, note: 2, category: 3, checked: 4, position: 5, quantity: 6, unit: 7, trashed: 16, createdMilliseconds: 17,
    pinned: 18, archived: 19, template: 20, role: 32, memberName: 33, invitationRole: 34, expiresMilliseconds: 35,
} as const;

export interface Key {
    collection: number;
    id: string;
}

export interface Dot {
    replica: string;
    counter: number;
}

/** A register's value; numbers are whole, beyond 2^53 bigint; bytes are a position or an id. */
export type Value = null | boolean | number | bigint | string | Uint8Array;
export type Change = { field: number; set: Value } | { field: number; target: number } | { field: number; amount: number };
/** Null: remove. */
export type Intent = readonly Change[] | null;

export interface Stamp {
    time: bigint;
    by: string;
}

export interface Fields {
    registers: Map<number, { value: Value; stamp: Stamp }>;
    counters: Map<number, { target: number; acquired: number; stamp: Stamp }>;
}

export interface ShownEntry extends Key {
    versions: number;
    fields: Fields;
}

export interface EntryState extends Key {
    state: Uint8Array;
}

export interface Operation extends Key, Dot {
    sequence: number;
    intent: Uint8Array;
    delta: Uint8Array;
    time: bigint;
    at: number;
}

export interface RequestPart {
    id: string;
    kind: Kind;
    /** Empty: the whole document is wanted. */
    context: Uint8Array;
    deltas: readonly Uint8Array[];
    acknowledgedCounter: number;
}

export const consequences = { findOut: 1, join: 2, acknowledge: 3, replace: 4, restamp: 5, setAside: 6, note: 7 } as const;

export interface Outcome {
    takesSpare: boolean;
    time: bigint;
    delivered: number[];
    /** Null: what waits stands, and the delta is to be joined. */
    redone: { counter: number; context: Uint8Array; entries: EntryState[]; operations: Operation[] } | null;
}

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

const writeKey = (writer: Writer, key: Key): Writer => writer.byte(key.collection).hex(key.id);
const readKey = (reader: Reader): Key => ({ collection: reader.byte(), id: reader.hex(16) });
const readDot = (reader: Reader): Dot => ({ replica: reader.hex(8), counter: reader.number() });
const readStamp = (reader: Reader): Stamp => ({ time: reader.big(), by: reader.hex(8) });
const readEntries = (reader: Reader): EntryState[] => reader.list(() => ({ ...readKey(reader), state: reader.counted() }));

function readFields(reader: Reader): Fields {
    const registers = reader.list(() => [reader.number(), { value: readValue(reader), stamp: readStamp(reader) }] as const);
    const counters = reader.list(() =>
        [reader.number(), { target: reader.signed(), acquired: reader.signed(), stamp: readStamp(reader) }] as const);
    return { registers: new Map(registers), counters: new Map(counters) };
}

function readValue(reader: Reader): Value {
    switch (reader.byte()) {
        case 1: return false;
        case 2: return true;
        case 3: return reader.whole();
        case 4: return reader.string();
        case 5: return reader.counted();
        default: return null;
    }
}

function writeOperation(writer: Writer, operation: Operation): void {
    writer.varint(operation.sequence).hex(operation.replica).varint(operation.counter);
    writeKey(writer, operation).counted(operation.intent).counted(operation.delta).varint(operation.time).varint(operation.at);
}

function readOperation(reader: Reader): Operation {
    return {
        sequence: reader.number(), ...readDot(reader), ...readKey(reader), intent: reader.counted(), delta: reader.counted(),
        time: reader.big(), at: reader.number(),
    };
}

/** An intent as the module reads it; no bytes mean to remove. */
export function encodeIntent(intent: Intent): Uint8Array {
    if (!intent) return nothing;
    const writer = new Writer().varint(intent.length);
    for (const change of intent) {
        if ("set" in change) writeValue(writer.byte(0).varint(change.field), change.set);
        else if ("target" in change) writer.byte(1).varint(change.field).signed(change.target);
        else writer.byte(2).varint(change.field).signed(change.amount);
    }
    return writer.done();
}

function writeValue(writer: Writer, value: Value): void {
    if (value === null) writer.byte(0);
    else if (typeof value === "boolean") writer.byte(value ? 2 : 1);
    else if (typeof value === "number" || typeof value === "bigint") writer.byte(3).signed(value);
    else if (typeof value === "string") writer.byte(4).string(value);
    else writer.byte(5).counted(value);
}

/** The fields that an encoded intent sets. */
export function fieldsOf(intent: Uint8Array): number[] {
    if (intent.length === 0) return [];
    const reader = new Reader(intent);
    return reader.list(() => {
        const isValue = reader.byte() === 0;
        const field = reader.number();
        if (isValue) readValue(reader);
        else reader.signed();
        return field;
    });
}

/** Changes that make these fields out of nothing. */
export function asChanges(of: Fields): Change[] {
    const set = [...of.registers].map(([field, { value }]): Change => ({ field, set: value }));
    const counted = [...of.counters].flatMap(([field, { target, acquired }]): Change[] =>
        acquired === 0 ? [{ field, target }] : [{ field, target }, { field, amount: acquired }]);
    return [...set, ...counted];
}

export const keyText = (key: Key): string => key.collection + key.id;
export const idOfDot = (dot: Dot): string => dot.replica + fromCounter(dot.counter);
const fromCounter = (counter: number): string => counter.toString(16).padStart(16, "0");
