// Where a replica's rows lie: the browser's IndexedDB, or memory where the browser refuses to keep anything.

export type RowKey = string | number | readonly (string | number)[];

/** One transaction: all of it or nothing. Nothing but its own calls may be awaited while it is open. */
export interface Transaction {
    get<Row>(table: Table, key: RowKey): Promise<Row | undefined>;
    /** All rows whose key begins with `prefix`, or of the table, in the order of their keys; at most `limit`. */
    all<Row>(table: Table, prefix?: string, limit?: number): Promise<Row[]>;
    count(table: Table, prefix: string): Promise<number>;
    // What is written counts when the transaction has ended; if one of these fails, none of it happens.
    put(table: Table, row: unknown): void;
    delete(table: Table, key: RowKey): void;
    deleteAll(table: Table, prefix?: string): void;
    /** Rows whose key is `prefix` and a number of a range, both ends included. */
    deleteRange(table: Table, prefix: string, first: number, last: number): void;
}

export interface Database {
    readonly isKept: boolean;
    /** Called when the browser throws the data away while it is open. */
    onEvicted: () => void;
    run<Result>(mode: "readonly" | "readwrite", body: (transaction: Transaction) => Promise<Result>): Promise<Result>;
    close(): void;
}

/** Tables and their keys; `sequence` is given by the table. Rows of entries and operations begin with their document. */
const schema = {
    device: "one", document: "id", entry: ["document", "collection", "id"], operation: ["document", "sequence"], aside: "sequence",
    person: "replica", habit: "name",
} as const;
export type Table = keyof typeof schema;
const tables = Object.keys(schema) as Table[];
const version = 1;

export class StorageError extends Error {
    constructor(readonly reason: "refused" | "full" | "blocked" | "evicted", cause: unknown) {
        super(`storage ${reason}: ${String(cause)}`);
    }
}

function promised<Result>(request: IDBRequest<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
    });
}

/** Opens, or makes, a database of IndexedDB. */
export function openIndexed(
    name: string, upgrade: (database: IDBDatabase) => void, onBlocked: () => void,
): Promise<IDBDatabase> {
    return new Promise((resolve, reject) => {
        let request: IDBOpenDBRequest;
        try {
            request = indexedDB.open(name, version);
        } catch (error) {
            return reject(new StorageError("refused", error));
        }
        request.onupgradeneeded = () => upgrade(request.result);
        request.onerror = () => {
            const isNewer = request.error?.name === "VersionError";
            reject(new StorageError(isNewer ? "blocked" : "refused", request.error));
        };
        request.onblocked = onBlocked;
        request.onsuccess = () => {
            // Another tab removes the data, or runs a newer version of the app that has to change the tables.
            request.result.onversionchange = ({ newVersion }) => {
                request.result.close();
                if (newVersion === null) request.result.dispatchEvent(new Event("close"));
                else onBlocked();
            };
            resolve(request.result);
        };
    });
}

export async function openDatabase(name: string, onBlocked: () => void): Promise<Database> {
    const database = await openIndexed(name, (database) => {
        for (const table of tables) {
            const keyPath = schema[table];
            database.createObjectStore(table, { keyPath: typeof keyPath === "string" ? keyPath : [...keyPath] });
        }
    }, onBlocked);
    return new IndexedDatabase(database);
}

const within = (prefix: string): IDBKeyRange => IDBKeyRange.bound([prefix], [prefix, []]);

class IndexedDatabase implements Database {
    readonly isKept = true;
    onEvicted: () => void = () => undefined;
    private isEvicted = false;

    constructor(private readonly database: IDBDatabase) {
        database.onclose = () => {
            this.isEvicted = true;
            this.onEvicted();
        };
    }

    async run<Result>(mode: "readonly" | "readwrite", body: (transaction: Transaction) => Promise<Result>): Promise<Result> {
        let transaction: IDBTransaction;
        try {
            // `strict`: committed means on disk, not in the operating system's memory.
            transaction = this.database.transaction(tables, mode, { durability: mode === "readwrite" ? "strict" : "default" });
        } catch (error) {
            throw new StorageError(this.isEvicted ? "evicted" : "blocked", error);
        }
        const ended = new Promise<void>((resolve, reject) => {
            transaction.oncomplete = () => resolve();
            transaction.onabort = () => reject(IndexedDatabase.failure(transaction.error));
        });
        let result: Result;
        try {
            result = await body(new IndexedTransaction(transaction));
        } catch (error) {
            ended.catch(() => undefined);
            // What the browser undid it for; the calls that it cut short say no more than that they were.
            const cause = transaction.error ?? error;
            try {
                transaction.abort();
            } catch { /* it has ended by itself */ }
            throw IndexedDatabase.failure(cause);
        }
        await ended;
        return result;
    }

    private static failure(error: unknown): unknown {
        const name = error instanceof DOMException ? error.name : "";
        if (name === "QuotaExceededError") return new StorageError("full", error);
        if (name === "InvalidStateError" || name === "UnknownError") return new StorageError("refused", error);
        return error ?? new StorageError("full", "the transaction was undone");
    }

    close(): void {
        this.database.close();
    }
}

class IndexedTransaction implements Transaction {
    constructor(private readonly transaction: IDBTransaction) {}

    private table(table: Table): IDBObjectStore {
        return this.transaction.objectStore(table);
    }

    get<Row>(table: Table, key: RowKey): Promise<Row | undefined> {
        return promised(this.table(table).get(key as IDBValidKey));
    }

    all<Row>(table: Table, prefix?: string, limit?: number): Promise<Row[]> {
        return promised(this.table(table).getAll(prefix === undefined ? null : within(prefix), limit));
    }

    count(table: Table, prefix: string): Promise<number> {
        return promised(this.table(table).count(within(prefix)));
    }

    put(table: Table, row: unknown): void {
        this.table(table).put(row);
    }

    delete(table: Table, key: RowKey): void {
        this.table(table).delete(key as IDBValidKey);
    }

    deleteAll(table: Table, prefix?: string): void {
        if (prefix === undefined) this.table(table).clear();
        else this.table(table).delete(within(prefix));
    }

    deleteRange(table: Table, prefix: string, first: number, last: number): void {
        this.table(table).delete(IDBKeyRange.bound([prefix, first], [prefix, last]));
    }
}

/** Keeps nothing beyond the page. */
export class MemoryDatabase implements Database {
    readonly isKept = false;
    onEvicted: () => void = () => undefined;
    private rows = new Map<Table, Map<string, unknown>>(tables.map((table) => [table, new Map()]));
    private last: Promise<unknown> = Promise.resolve();

    run<Result>(_: "readonly" | "readwrite", body: (transaction: Transaction) => Promise<Result>): Promise<Result> {
        const next = this.last.then(async () => {
            const before = new Map([...this.rows].map(([table, rows]) => [table, new Map(rows)]));
            try {
                return await body(this.transaction());
            } catch (error) {
                this.rows = before;
                throw error;
            }
        });
        this.last = next.catch(() => undefined);
        return next;
    }

    private transaction(): Transaction {
        const text = (key: RowKey): string => JSON.stringify(key);
        const keyOf = (table: Table, row: Record<string, unknown>): RowKey => {
            const path = schema[table];
            return (typeof path === "string" ? row[path] : path.map((part) => row[part])) as RowKey;
        };
        const among = (table: Table, prefix?: string): [string, unknown][] => [...this.rows.get(table)!]
            .filter(([key]) => prefix === undefined || key.startsWith(`[${JSON.stringify(prefix)},`))
            .sort(([left], [right]) => MemoryDatabase.compare(JSON.parse(left), JSON.parse(right)));
        return {
            get: async <Row>(table: Table, key: RowKey) => this.rows.get(table)!.get(text(key)) as Row | undefined,
            all: async <Row>(table: Table, prefix?: string, limit?: number) => among(table, prefix).slice(0, limit).map(([, row]) => row as Row),
            count: async (table, prefix) => among(table, prefix).length,
            put: (table, row) => void this.rows.get(table)!.set(text(keyOf(table, row as Record<string, unknown>)), row),
            delete: (table, key) => void this.rows.get(table)!.delete(text(key)),
            deleteAll: (table, prefix) => {
                for (const [key] of among(table, prefix)) this.rows.get(table)!.delete(key);
            },
            deleteRange: (table, prefix, first, last) => {
                for (let number = first; number <= last; number += 1) this.rows.get(table)!.delete(text([prefix, number]));
            },
        };
    }

    private static compare(left: unknown, right: unknown): number {
        const [lefts, rights] = [left, right].map((key) => Array.isArray(key) ? key : [key]) as [unknown[], unknown[]];
        for (let index = 0; index < Math.min(lefts.length, rights.length); index += 1) {
            const [a, b] = [lefts[index], rights[index]] as [string | number, string | number];
            if (a !== b) return a < b ? -1 : 1;
        }
        return lefts.length - rights.length;
    }

    close(): void {}
}
