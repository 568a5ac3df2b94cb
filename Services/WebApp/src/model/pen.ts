// Writes within one transaction: mints dots and stamps, changes entries, fills the outbox. As `Pen` of the command line does.
import {
    collections, decodeIntent, encodeIntent, fields, keyText, type Dot, type EntryState, type Fields, type Intent, type Key, type Kind,
} from "../core/forms";
import { ListError, type Handle, type ListModule } from "../core/listModule";
import { equalBytes } from "../core/bytes";
import type { Transaction } from "./database";
import { integer, replays, text, type DeviceRow, type DocumentRow, type EntryRow, type OperationRow } from "./rows";
import { viewOf } from "./views";

/** What a transaction changed, for those who show it. */
export interface Changed {
    /** Entries by document, named by `keyText`. */
    entries: Map<string, Set<string>>;
    documents: Set<string>;
    /** By how much the operations that wait on an entry have grown or shrunk, by document and entry. */
    waiting: Map<string, Map<string, number>>;
}

/** In the lower half: the upper one is the server's own. */
export function randomReplica(): string {
    const bytes = crypto.getRandomValues(new Uint8Array(8));
    bytes[0]! &= 0x7f;
    bytes[7]! |= 1;
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export const headKey: Key = { collection: collections.head, id: "0".repeat(32) };

export class Pen {
    readonly changed: Changed = { entries: new Map(), documents: new Set(), waiting: new Map() };
    /** Milliseconds since 1970, corrected by the server's clock where this device's runs ahead. */
    readonly now: number;
    private readonly rows = new Map<string, DocumentRow>();

    private constructor(readonly module: ListModule, readonly transaction: Transaction, readonly device: DeviceRow) {
        this.now = Date.now() + device.clockOffset;
    }

    static async open(module: ListModule, transaction: Transaction): Promise<Pen> {
        const device = await transaction.get<DeviceRow>("device", 1);
        if (!device) throw new Error("this database holds no account");
        return new Pen(module, transaction, device);
    }

    /** Writes back the device and the documents. */
    finish(): void {
        for (const row of this.rows.values()) this.transaction.put("document", row);
        this.device.revision += 1;
        this.transaction.put("device", this.device);
    }

    // Documents

    async row(id: string): Promise<DocumentRow | undefined> {
        return this.rows.get(id) ?? this.transaction.get<DocumentRow>("document", id);
    }

    /** The row, made if there is none, written back when the pen finishes. */
    async open(id: string, kind: Kind): Promise<DocumentRow> {
        const nothing = new Uint8Array();
        const row = await this.row(id) ?? { id, kind, context: nothing, acknowledged: nothing, counter: 0, replay: replays.none, trouble: null };
        this.rows.set(id, row);
        this.changed.documents.add(id);
        return row;
    }

    /** The oldest operations on a document that wait, at most `limit`. */
    pending(id: string, limit?: number): Promise<OperationRow[]> {
        return this.transaction.all<OperationRow>("operation", id, limit);
    }

    pendingCount(id: string): Promise<number> {
        return this.transaction.count("operation", id);
    }

    /** Of one document, in their order. */
    deleteOperations(operations: readonly OperationRow[], areAllBetween: boolean): void {
        const [first, last] = [operations[0], operations.at(-1)];
        if (!first || !last) return;
        if (areAllBetween) this.transaction.deleteRange("operation", first.document, first.sequence, last.sequence);
        else for (const { document, sequence } of operations) this.transaction.delete("operation", [document, sequence]);
        for (const { document, collection, entry } of operations) this.wait(document, { collection, id: entry }, -1);
    }

    private wait(document: string, key: Key, more: number): void {
        this.changed.documents.add(document);
        const waiting = this.changed.waiting.get(document) ?? new Map<string, number>();
        this.changed.waiting.set(document, waiting.set(keyText(key), (waiting.get(keyText(key)) ?? 0) + more));
    }

    /** As far as this device knows. */
    async mayEdit(document: string): Promise<boolean> {
        const member = await this.transaction.get<EntryRow>("entry", [document, collections.members, this.device.user]);
        return [1, 2].includes(integer(member?.view, fields.role) ?? 0);
    }

    async nameOf(document: string, collection: number, id: string): Promise<string | null> {
        return text((await this.transaction.get<EntryRow>("entry", [document, collection, id]))?.view, fields.name);
    }

    private touch(document: string, key: Key): void {
        const keys = this.changed.entries.get(document) ?? new Set();
        this.changed.entries.set(document, keys.add(keyText(key)));
    }

    // Operations

    /** The dot of the next operation on a document. */
    async nextDot(id: string): Promise<Dot> {
        const row = await this.row(id);
        return row ? this.dotAfter(row) : { replica: this.device.replica, counter: 1 };
    }

    /** Behind those that another life of this replica, as a cloned profile has, made meanwhile: what is in the document already is refused. */
    private dotAfter({ counter, context }: DocumentRow): Dot {
        const { replica } = this.device;
        return { replica, counter: Math.max(counter, this.module.highest(context, replica)) + 1 };
    }

    /** Does what is meant under a new dot. Returns what the entry showed before; undefined: nothing was done, as the item is gone.
     *  `isNew`: there can be no such entry yet. */
    async operate(id: string, kind: Kind, key: Key, intent: Intent, isNew = false): Promise<Fields | null | undefined> {
        const row = await this.open(id, kind);
        const old = isNew ? undefined : await this.transaction.get<EntryRow>("entry", [id, key.collection, key.id]);
        const handle = this.module.open(kind, row.context, old ? [old] : []);
        try {
            const encoded = encodeIntent(intent);
            const dot = this.dotAfter(row);
            const clock = { latest: this.device.stamp, now: Math.max(this.now, 0) };
            const { time, delta } = this.module.perform(handle, key, dot, encoded, clock);
            this.device.stamp = time;
            row.counter = dot.counter;
            row.context = this.module.context(handle);
            this.record(id, { ...dot, ...key, intent: encoded, delta, time, at: this.now });
            await this.keep(id, kind, handle, [key], new Map(old ? [[keyText(key), old]] : []));
            return old?.view?.fields ?? null;
        } catch (error) {
            if (error instanceof ListError && error.code === -9) return undefined;
            throw error;
        } finally {
            this.module.free(handle);
        }
    }

    /** Puts an operation at the end of the outbox. */
    record(
        document: string,
        operation: Key & { replica: string; counter: number; intent: Uint8Array; delta: Uint8Array; time: bigint; at: number },
    ): void {
        const { replica, counter, collection, intent, delta, at } = operation;
        this.device.sequence += 1;
        const row: OperationRow = {
            document, sequence: this.device.sequence, replica, counter, collection, entry: operation.id, intent, delta, stamp: operation.time, at,
        };
        this.transaction.put("operation", row);
        this.wait(document, operation, 1);
    }

    /** A position behind `left` and before `right`, for the next operation on the document. */
    async position(id: string, left: Uint8Array, right: Uint8Array): Promise<Uint8Array> {
        return this.module.positionBetween(left, right, await this.nextDot(id));
    }

    // What others did

    /** Joins what the server or another device did. Returns the replicas whose operations it brings. */
    async join(id: string, kind: Kind, delta: Uint8Array): Promise<string[]> {
        const row = await this.open(id, kind);
        const subjects = this.module.subjects(delta);
        if (subjects.time > this.device.stamp) this.device.stamp = subjects.time;
        // With loose dots, which say what has ended without naming where, every entry may change. Many are read faster together.
        const named = subjects.loose || subjects.keys.length > 200
            ? await this.transaction.all<EntryRow>("entry", id)
            : await Promise.all(subjects.keys.map((key) => this.transaction.get<EntryRow>("entry", [id, key.collection, key.id])));
        const known = new Map(named.flatMap((entry) => entry ? [[keyText(entry), entry]] : []));
        const handle = this.module.open(kind, row.context, [...known.values()]);
        try {
            this.module.merge(handle, delta);
            row.context = this.module.context(handle);
            const keys = new Map([...known.values(), ...subjects.keys].map((key) => [keyText(key), key]));
            await this.keep(id, kind, handle, [...keys.values()], known);
        } finally {
            this.module.free(handle);
        }
        return subjects.replicas;
    }

    /** Writes the entries that are not as they were. */
    private async keep(id: string, kind: Kind, handle: Handle, keys: readonly Key[], known: Map<string, EntryRow>): Promise<void> {
        const states = new Map(this.module.entries(handle).map((entry) => [keyText(entry), entry.state]));
        const shown = new Map(this.module.shown(handle).map((entry) => [keyText(entry), entry]));
        const changed = keys.filter((key) => {
            const [before, after] = [known.get(keyText(key))?.state, states.get(keyText(key))];
            return before && after ? !equalBytes(before, after) : before !== after;
        });
        const ours = changed.some((key) => (shown.get(keyText(key))?.versions ?? 0) > 1) ? await this.pending(id) : [];
        for (const key of changed) {
            this.touch(id, key);
            const name = keyText(key);
            const [state, entry] = [states.get(name), shown.get(name)];
            if (!state) {
                this.transaction.delete("entry", [id, key.collection, key.id]);
                continue;
            }
            const intents = ours.filter((operation) => operation.entry === key.id).map(({ intent }) => decodeIntent(intent));
            const set = new Set(intents.flat().map(({ field }) => field));
            const view = entry ? viewOf(this.module, handle, entry, known.get(name)?.view ?? null, (field) => set.has(field)) : null;
            const row: EntryRow = { document: id, collection: key.collection, id: key.id, state, view };
            this.transaction.put("entry", row);
        }
        if (kind === 1) await this.shelve(id, changed.map((key) => [key, shown.has(keyText(key))]));
    }

    /** A list that the shelf names is a document of this device. */
    private async shelve(shelf: string, keys: readonly (readonly [Key, boolean])[]): Promise<void> {
        for (const [key, isThere] of keys) {
            if (isThere && key.collection === collections.items && key.id !== shelf) await this.open(key.id, 0);
        }
    }

    /** The document as given in place of what was there. */
    async replace(id: string, kind: Kind, context: Uint8Array, entries: readonly EntryState[]): Promise<void> {
        const row = await this.open(id, kind);
        const before = await this.transaction.all<EntryRow>("entry", id);
        for (const entry of before) this.touch(id, entry);
        this.transaction.deleteAll("entry", id);
        row.context = context;
        const handle = this.module.open(kind, context, entries);
        try {
            await this.keep(id, kind, handle, entries, new Map());
        } finally {
            this.module.free(handle);
        }
    }

    /** From now on operations are minted under another id; those not acknowledged are minted anew at the next sync. */
    async takeNewReplica(replica: string): Promise<void> {
        this.device.replica = replica;
        const [documents, operations] = await Promise.all([
            this.transaction.all<DocumentRow>("document"), this.transaction.all<OperationRow>("operation"),
        ]);
        const waiting = new Set(operations.map((operation) => operation.document));
        for (const { id, kind } of documents) {
            const row = await this.open(id, kind);
            row.counter = 0;
            if (waiting.has(id) && row.replay === replays.none) row.replay = replays.findingOut;
        }
    }
}
