// What goes between the app and the WebAssembly module: its values, and how they lie in bytes (Packing.swift has the other end).
import { Reader, Writer } from "./bytes";

export type Kind = 0 | 1 | 2;
export const kinds = { list: 0, shelf: 1, account: 2 } as const;
export const collections = { head: 0, items: 1, members: 2 } as const;
export const fields = {
    name: 1, note: 2, category: 3, checked: 4, position: 5, quantity: 6, unit: 7, trashed: 16, createdMilliseconds: 17,
    pinned: 18, archived: 19, template: 20, role: 32, memberName: 33, invitationRole: 34, expiresMilliseconds: 35,
} as const;

export const fieldNames: ReadonlyMap<number, string> = new Map(Object.entries(fields).map(([name, number]) => [number, name]));

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

export const writeKey = (writer: Writer, key: Key): Writer => writer.byte(key.collection).hex(key.id);
export const readKey = (reader: Reader): Key => ({ collection: reader.byte(), id: reader.hex(16) });
export const readDot = (reader: Reader): Dot => ({ replica: reader.hex(8), counter: reader.number() });
const readStamp = (reader: Reader): Stamp => ({ time: reader.big(), by: reader.hex(8) });
export const readEntries = (reader: Reader): EntryState[] => reader.list(() => ({ ...readKey(reader), state: reader.counted() }));

export function readFields(reader: Reader): Fields {
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

export function writeOperation(writer: Writer, operation: Operation): void {
    writer.varint(operation.sequence).hex(operation.replica).varint(operation.counter);
    writeKey(writer, operation).counted(operation.intent).counted(operation.delta).varint(operation.time).varint(operation.at);
}

export function readOperation(reader: Reader): Operation {
    return {
        sequence: reader.number(), ...readDot(reader), ...readKey(reader), intent: reader.counted(), delta: reader.counted(),
        time: reader.big(), at: reader.number(),
    };
}

/** An intent as the module reads it; no bytes mean to remove. */
export function encodeIntent(intent: Intent): Uint8Array {
    if (!intent) return new Uint8Array();
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

/** The changes of an encoded intent; none: it removes. */
export function decodeIntent(intent: Uint8Array): Change[] {
    if (intent.length === 0) return [];
    const reader = new Reader(intent);
    return reader.list((): Change => {
        const form = reader.byte();
        const field = reader.number();
        if (form === 0) return { field, set: readValue(reader) };
        return form === 1 ? { field, target: reader.signed() } : { field, amount: reader.signed() };
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
