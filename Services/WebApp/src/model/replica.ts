// A person's replica in this browser: its database, what is shown of it, and the other tabs that have it open too.
import { keyText } from "../core/forms";
import type { ListModule } from "../core/listModule";
import { StorageError, type Database, type Transaction } from "./database";
import { Library, type Reading } from "./library";
import { Pen, type Changed } from "./pen";
import type { DeviceRow, DocumentRow, EntryRow, HabitRow, OperationRow, PersonRow } from "./rows";
import { Cell } from "./stores";
import { ModelError, type RemoteChange, type StorageStatus, type SyncStatus } from "./types";

/** How long a change of another tab may be on its way here. */
const patienceMilliseconds = 50;

/** What tabs of one account tell each other. */
export type TabMessage =
    | Written
    | { kind: "status"; status: SyncStatus }
    | { kind: "ask"; what: "sync" | "status" }
    | { kind: "open"; tab: string; lists: string[] }
    | { kind: "present"; list: string; names: readonly string[] }
    | { kind: "signedIn" }
    | { kind: "aside" };

/** What a transaction changed. */
interface Written {
    kind: "changed";
    /** `DeviceRow.revision` after it; null: it changed no document. */
    revision: number | null;
    documents: string[];
    entries: [string, string[]][];
    /** On which entries more or fewer operations wait. */
    waiting: [string, [string, number][]][];
    people: boolean;
    remote: RemoteChange[];
}

export class Replica {
    readonly storage: Cell<StorageStatus>;
    readonly library: Library;
    readonly habits = new Map<string, HabitRow>();
    /** Called with what other tabs say, and with what this tab's own transactions changed. */
    onMessage: (message: TabMessage) => void = () => undefined;
    onOpen: () => void = () => undefined;
    /** By how many milliseconds the server's clock was ahead of this device's when it last answered a sync. */
    serverAhead = 0;
    /** What was written, by its revision, until it is shown. */
    private readonly held = new Map<number, Written>();
    /** Of the last change that is shown. */
    private revision = 0;
    private isClosed = false;
    private readonly remoteListeners = new Set<(change: RemoteChange) => void>();
    private readonly channel: BroadcastChannel | null;
    /** Reloads follow each other, so that what is shown never goes back. */
    private showing: Promise<void> = Promise.resolve();

    private constructor(readonly module: ListModule, readonly database: Database, device: DeviceRow) {
        this.library = new Library(device, () => this.onOpen());
        this.storage = new Cell<StorageStatus>({
            persistent: null, usedBytes: null, quotaBytes: null, failure: database.isKept ? null : "refused",
        });
        database.onEvicted = () => this.storage.set({ ...this.storage.get(), failure: "evicted" });
        const hasTabs = database.isKept && typeof BroadcastChannel !== "undefined";
        this.channel = hasTabs ? new BroadcastChannel(`larder-${device.user}`) : null;
        if (this.channel) this.channel.onmessage = ({ data }: MessageEvent<TabMessage>) => void this.hear(data);
    }

    static async open(module: ListModule, database: Database): Promise<Replica> {
        const device = await database.run("readonly", (transaction) => transaction.get<DeviceRow>("device", 1));
        if (!device) throw new Error("this database holds no account");
        const replica = new Replica(module, database, device);
        await (replica.showing = replica.load());
        return replica;
    }

    /** Reads everything anew. */
    private async load(): Promise<void> {
        const [device, documents, entries, operations, people, habits] = await this.read((transaction) => Promise.all([
            transaction.get<DeviceRow>("device", 1), transaction.all<DocumentRow>("document"), transaction.all<EntryRow>("entry"),
            transaction.all<OperationRow>("operation"), transaction.all<PersonRow>("person"), transaction.all<HabitRow>("habit"),
        ]));
        for (const habit of habits) this.habits.set(habit.name, habit);
        this.revision = device!.revision;
        this.library.forget();
        const names = new Map(people.map(({ replica, username }) => [replica, username]));
        this.library.take(device!, names, Replica.readAll(documents, entries, operations));
    }

    private static readAll(documents: DocumentRow[], entries: EntryRow[], operations: OperationRow[]): Reading[] {
        const readings = new Map(documents.map((row) => [row.id, {
            row, entries: [] as [string, EntryRow["view"]][], waiting: [] as [string, number][], pending: 0, pendingSince: null as number | null,
        }]));
        for (const entry of entries) readings.get(entry.document)?.entries.push([keyText(entry), entry.view]);
        for (const { document, collection, entry, at } of operations) {
            const reading = readings.get(document);
            if (!reading) continue;
            reading.waiting.push([keyText({ collection, id: entry }), 1]);
            reading.pending += 1;
            reading.pendingSince ??= at;
        }
        return [...readings.values()];
    }

    /** Carries `body` out in one transaction, on disk and on the screen when this returns. */
    async write<Result>(body: (pen: Pen) => Promise<Result>, remote: RemoteChange[] = []): Promise<Result> {
        let changed: Changed | null = null;
        let revision = 0;
        const result = await this.run(async (transaction) => {
            const pen = await Pen.open(this.module, transaction);
            const result = await body(pen);
            pen.finish();
            changed = pen.changed;
            revision = pen.device.revision;
            return result;
        });
        const { documents, entries, waiting } = changed as unknown as Changed;
        await this.announce({
            kind: "changed", revision, documents: [...documents], entries: [...entries].map(([id, keys]) => [id, [...keys]]),
            waiting: [...waiting].map(([id, keys]) => [id, [...keys]]), people: false, remote,
        });
        return result;
    }

    async run<Result>(body: (transaction: Transaction) => Promise<Result>): Promise<Result> {
        try {
            const result = await this.database.run("readwrite", body);
            if (this.database.isKept && this.storage.get().failure) this.storage.set({ ...this.storage.get(), failure: null });
            return result;
        } catch (error) {
            if (!(error instanceof StorageError)) throw error;
            this.storage.set({ ...this.storage.get(), failure: error.reason });
            throw new ModelError(`storage_${error.reason}`, error.message);
        }
    }

    read<Result>(body: (transaction: Transaction) => Promise<Result>): Promise<Result> {
        return this.database.run("readonly", body);
    }

    /** Learns who makes a replica's operations. Those in the upper half are gateways', which make anyone's. */
    async learn(replicas: readonly string[], username: string): Promise<void> {
        const unknown = replicas.filter((replica) => replica < "8" && this.library.username(replica) !== username);
        if (unknown.length === 0) return;
        await this.run(async (transaction) => {
            const rows = unknown.map((replica): PersonRow => ({ replica, username }));
            for (const row of rows) transaction.put("person", row);
        });
        await this.announce({ kind: "changed", revision: null, documents: [], entries: [], waiting: [], people: true, remote: [] });
    }

    // Tabs

    private async announce(message: Written): Promise<void> {
        this.tell(message);
        await this.show(message);
        this.onMessage(message);
    }

    tell(message: TabMessage): void {
        if (!this.isClosed) this.channel?.postMessage(message);
    }

    private async hear(message: TabMessage): Promise<void> {
        if (message.kind === "changed") await this.show(message);
        if (message.kind === "present") this.library.setPresent(message.list, message.names);
        this.onMessage(message);
    }

    private show(message: Written): Promise<void> {
        if (message.revision !== null) this.held.set(message.revision, message);
        return this.next(async () => {
            await (message.revision === null ? this.showChanged(message) : this.showUpTo(message.revision));
            for (const change of message.remote) for (const listener of this.remoteListeners) listener(change);
        });
    }

    /** After what is being shown, whether that succeeds or not: what one reading missed, the next one brings. */
    private next(body: () => Promise<void>): Promise<void> {
        const done = this.showing.then(body);
        this.showing = done.catch(() => undefined);
        return done.catch((error) => {
            if (!(error instanceof StorageError)) throw error;
        });
    }

    /** Shows what was written in its order. What another tab wrote in between is on its way here; if this tab slept, it is not. */
    private async showUpTo(revision: number): Promise<void> {
        let hasWaited = false;
        while (this.revision < revision) {
            const next = this.held.get(this.revision + 1);
            if (next) {
                await this.showChanged(next);
            } else if (hasWaited) {
                await this.load();
            } else {
                await new Promise((resolve) => setTimeout(resolve, patienceMilliseconds));
                hasWaited = true;
            }
        }
        for (const known of this.held.keys()) if (known <= this.revision) this.held.delete(known);
    }

    /** Reads what this page missed while it slept. */
    async catchUp(): Promise<void> {
        const device = await this.read((transaction) => transaction.get<DeviceRow>("device", 1));
        if (!device || device.revision <= this.revision) return;
        await this.next(() => this.load());
    }

    private async showChanged(message: Written): Promise<void> {
        const { device, readings, people } = await this.read((transaction) => Replica.reread(transaction, message));
        this.revision = message.revision ?? this.revision;
        if (device) this.library.take(device, people && new Map(people.map(({ replica, username }) => [replica, username])), readings);
    }

    private static async reread(transaction: Transaction, { documents, entries, waiting, people }: Written): Promise<{
        device: DeviceRow | undefined; readings: Reading[]; people: PersonRow[] | null;
    }> {
        const [keys, more] = [new Map(entries), new Map(waiting)];
        const reading = async (id: string): Promise<Reading[]> => {
            const [row, pending, [oldest], found] = await Promise.all([
                transaction.get<DocumentRow>("document", id), transaction.count("operation", id),
                transaction.all<OperationRow>("operation", id, 1),
                Promise.all((keys.get(id) ?? []).map(async (key) => {
                    const entry = await transaction.get<EntryRow>("entry", [id, Number(key.slice(0, -32)), key.slice(-32)]);
                    return [key, entry?.view ?? null] as const;
                })),
            ]);
            return row ? [{ row, entries: found, waiting: more.get(id) ?? [], pending, pendingSince: oldest?.at ?? null }] : [];
        };
        const ids = [...new Set([...documents, ...keys.keys()])];
        const [device, persons, ...readings] = await Promise.all([
            transaction.get<DeviceRow>("device", 1), people ? transaction.all<PersonRow>("person") : null, ...ids.map(reading),
        ]);
        return { device, people: persons, readings: readings.flat() };
    }

    onRemoteChange(listener: (change: RemoteChange) => void): () => void {
        this.remoteListeners.add(listener);
        return () => this.remoteListeners.delete(listener);
    }

    /** At once for other tabs; what is still to be written is, before `settled`. */
    close(settled: Promise<unknown>): void {
        this.isClosed = true;
        this.channel?.close();
        void settled.then(() => this.database.close());
    }
}
