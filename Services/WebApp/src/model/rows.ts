// The rows of a replica's tables (database.ts), and what an entry shows.
import type { Fields, Kind, Value } from "../core/forms";
import type { Conflict, SetAside, SyncPolicy } from "./types";

/** Why the next sync takes a document whole; as `Replay.Reason` numbers it. */
export const replays = { none: 0, findingOut: 1, restamping: 2, afresh: 3 } as const;
/** As `SyncStatus` numbers them. */
export const statuses = { ok: 0, forbidden: 1, gone: 2, clockAhead: 3, notConfirmed: 4, invalid: 5, staleReplica: 6 } as const;

/** The one row that says whose database this is, and as which replica it mints. */
export interface DeviceRow {
    one: 1;
    user: string;
    username: string;
    shelf: string;
    replica: string;
    /** The time of the latest stamp seen or given. */
    stamp: bigint;
    /** Milliseconds to add to this device's clock, which the server found ahead; 0: none. */
    clockOffset: number;
    /** Counts what was written: a tab that misses a number reads everything anew. */
    revision: number;
    /** The last operation's place in the outbox. */
    sequence: number;
    accessToken: string | null;
    refreshToken: string | null;
    syncedAt: number | null;
    policy: SyncPolicy;
}

/** What is known of a document, its entries apart. */
export interface DocumentRow {
    id: string;
    kind: Kind;
    /** All operations in it, this device's own included. */
    context: Uint8Array;
    /** What the server last said is durable on two of three shards. */
    acknowledged: Uint8Array;
    /** The highest counter that the present replica id has minted here. */
    counter: number;
    replay: number;
    /** The status by which the server last refused it. */
    trouble: number | null;
}

export interface EntryRow {
    document: string;
    collection: number;
    id: string;
    state: Uint8Array;
    /** Null: it only remembers replaced operations. */
    view: EntryView | null;
}

/** What an entry shows, whatever it is of: an item, a head, a member, an invitation, a list on a shelf. */
export interface EntryView {
    fields: Fields;
    /** Milliseconds of the latest stamp of any field, and the replica that gave it. */
    updated: number;
    updatedBy: string;
    clashes: Clash[];
}

/** Two concurrent values of one field. */
export interface Clash {
    field: Conflict["field"];
    standing: ClashSide;
    other: ClashSide;
}

export interface ClashSide {
    value: string | boolean | number | null;
    by: string;
    at: number;
}

export interface OperationRow {
    document: string;
    sequence: number;
    replica: string;
    counter: number;
    collection: number;
    entry: string;
    intent: Uint8Array;
    delta: Uint8Array;
    stamp: bigint;
    at: number;
}

export interface AsideRow extends SetAside {
    sequence: number;
}

/** Whose operations a replica makes. */
export interface PersonRow {
    replica: string;
    username: string;
}

/** What this person calls things, and where they put them. */
export interface HabitRow {
    /** In lower case. */
    name: string;
    shown: string;
    category: string | null;
    unit: string | null;
    count: number;
    at: number;
    lists: string[];
}

export const text = (view: EntryView | undefined | null, field: number): string | null => as(view, field, "string");
export const truth = (view: EntryView | undefined | null, field: number): boolean => as<boolean>(view, field, "boolean") ?? false;
export const integer = (view: EntryView | undefined | null, field: number): number | null => as(view, field, "number");

export function bytes(view: EntryView | undefined | null, field: number): Uint8Array {
    const value = view?.fields.registers.get(field)?.value;
    return value instanceof Uint8Array ? value : new Uint8Array();
}

function as<Kind extends Value>(view: EntryView | undefined | null, field: number, type: string): Kind | null {
    const value = view?.fields.registers.get(field)?.value;
    return typeof value === type ? value as Kind : null;
}
