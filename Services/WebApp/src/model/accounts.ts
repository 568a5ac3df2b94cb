// The accounts of this browser, each with a database of its own.
import { toHex, fromHex } from "../core/bytes";
import type { ListModule } from "../core/listModule";
import { MemoryDatabase, openDatabase, openIndexed, StorageError, type Database } from "./database";
import { Gateway, signIn, type Session, type SessionAnswer } from "./gateway";
import { randomReplica } from "./pen";
import { PersonalModel } from "./personalModel";
import { Replica } from "./replica";
import type { DeviceRow } from "./rows";
import { Cell } from "./stores";
import { Syncer } from "./syncer";
import { ModelError, type Account, type Accounts, type ID, type Model } from "./types";

/** An account that was used in this browser. */
interface Known {
    user: string;
    username: string;
    openedAt: number;
    isCurrent: boolean;
    signedIn: boolean;
}

interface Opened {
    replica: Replica;
    syncer: Syncer;
    gateway: Gateway;
    model: PersonalModel;
}

export class BrowserAccounts implements Accounts {
    readonly known = new Cell<readonly Account[]>([]);
    readonly current = new Cell<Model | null>(null);
    readonly updateReady = new Cell(false);
    private opened: Opened | null = null;
    /** Opening and leaving, one after the other. */
    private turn: Promise<unknown> = Promise.resolve();
    private registry: IDBDatabase | null = null;

    private constructor(private readonly module: ListModule) {}

    static async open(module: ListModule): Promise<BrowserAccounts> {
        const accounts = new BrowserAccounts(module);
        accounts.registry = await openIndexed("larder", (database) => {
            database.createObjectStore("account", { keyPath: "user" });
        }, () => undefined).catch(() => null);
        const known = await accounts.loadKnown();
        accounts.watchForUpdate();
        const current = known.find(({ user }) => user === tabAccount()) ?? known.find(({ isCurrent }) => isCurrent);
        if (current) await accounts.open(current.user).catch(() => accounts.current.set(null));
        return accounts;
    }

    // Entering and leaving

    register(username: string, password: string): Promise<void> {
        return this.enter("/v1/users", username, password);
    }

    logIn(username: string, password: string): Promise<void> {
        return this.enter("/v1/sessions", username, password);
    }

    private async enter(path: "/v1/users" | "/v1/sessions", username: string, password: string): Promise<void> {
        const session = await signIn(path, username, password);
        const { id: user } = session.user;
        await this.inTurn(async () => {
            if (this.opened?.replica.library.device.user !== user) return this.show(user, session);
            await this.opened.gateway.keep(session);
            this.opened.syncer.signedIn();
            await this.remember(user, session.user.username, true);
        });
    }

    open(user: ID): Promise<void> {
        return this.inTurn(async () => {
            if (this.opened?.replica.library.device.user !== user) await this.show(user, null);
        });
    }

    logOut(options: { force?: boolean; forget?: boolean } = {}): Promise<void> {
        return this.inTurn(() => this.leave(options));
    }

    private inTurn<Result>(body: () => Promise<Result>): Promise<Result> {
        const done = this.turn.then(body);
        this.turn = done.catch(() => undefined);
        return done;
    }

    private async leave({ force = false, forget = false }: { force?: boolean; forget?: boolean }): Promise<void> {
        if (!this.opened) return;
        const { replica, gateway } = this.opened;
        const { user, username } = replica.library.device;
        if (!force && replica.library.pending.count > 0) throw new ModelError("unsynced", "Changes on this device have not reached the server.");
        await gateway.logOut();
        this.close();
        if (forget) {
            indexedDB.deleteDatabase(databaseName(user));
            await this.registryRun((store) => store.delete(user));
        } else {
            await this.remember(user, username, false, false);
        }
        await this.loadKnown();
        setTabAccount("");
        this.current.set(null);
    }

    private close(): void {
        this.opened?.syncer.close();
        this.opened?.replica.close(this.opened.gateway.settled());
        this.opened = null;
    }

    private async show(user: ID, session: SessionAnswer | null): Promise<void> {
        const { database, device } = await this.openStore(user, session);
        this.close();
        const replica = await Replica.open(this.module, database);
        const keeper = {
            load: (): Promise<Session> => replica.read(async (transaction) => (await transaction.get<DeviceRow>("device", 1))!),
            save: (saved: Session): Promise<void> => this.keepSession(replica, saved),
        };
        const gateway = new Gateway(keeper, `larder-session-${user}`, () => {
            syncer.signedOut();
            void this.noteSignedOut(user);
        });
        const syncer: Syncer = new Syncer(replica, gateway, device.refreshToken !== null);
        const model = new PersonalModel(replica, syncer, gateway);
        this.opened = { replica, syncer, gateway, model };
        syncer.start();
        if (session) syncer.signedIn(); // other tabs may have this account open, without a session
        await this.remember(user, device.username, device.refreshToken !== null);
        setTabAccount(user);
        this.current.set(model);
    }

    /** The account's database, founded at the first login. */
    private async openStore(user: ID, session: SessionAnswer | null): Promise<{ database: Database; device: DeviceRow }> {
        let database: Database;
        try {
            database = await openDatabase(databaseName(user), () => this.updateReady.set(true));
        } catch (error) {
            if (!(error instanceof StorageError) || error.reason === "blocked" || !session) throw error;
            database = new MemoryDatabase();
        }
        const shelf = await shelfOf(user);
        const device = await database.run("readwrite", async (transaction) => {
            const found = await transaction.get<DeviceRow>("device", 1);
            if (!found && !session) throw new ModelError("unknown_account", "This account is not on this device any more.");
            const { accessToken, refreshToken } = session ?? found!;
            const device: DeviceRow = found ? { ...found, accessToken, refreshToken } : {
                one: 1, user, username: session!.user.username, shelf, replica: randomReplica(), stamp: 0n, clockOffset: 0, revision: 0, sequence: 0,
                accessToken, refreshToken, syncedAt: null, policy: "live",
            };
            transaction.put("device", device);
            const nothing = new Uint8Array();
            const row = { id: shelf, kind: 1, context: nothing, acknowledged: nothing, counter: 0, replay: 0, trouble: null };
            if (!await transaction.get("document", shelf)) transaction.put("document", row);
            return device;
        });
        return { database, device };
    }

    private keepSession(replica: Replica, { accessToken, refreshToken }: Session): Promise<void> {
        return replica.run(async (transaction) => {
            const device = await transaction.get<DeviceRow>("device", 1);
            if (device) transaction.put("device", { ...device, accessToken, refreshToken });
        });
    }

    // The accounts that were used here

    private async remember(user: string, username: string, signedIn: boolean, isCurrent = true): Promise<void> {
        await this.registryRun((store) => {
            const all = store.getAll();
            all.onsuccess = () => {
                for (const other of all.result as Known[]) if (other.user !== user && isCurrent) store.put({ ...other, isCurrent: false });
                const account: Known = { user, username, openedAt: Date.now(), isCurrent, signedIn };
                store.put(account);
            };
        });
        await this.loadKnown();
    }

    /** In whichever tab it was noticed: which account is the current one is not changed by it, nor is one that was removed back. */
    private async noteSignedOut(user: string): Promise<void> {
        await this.registryRun((store) => {
            const known = store.get(user);
            known.onsuccess = () => known.result && store.put({ ...known.result as Known, signedIn: false });
        });
        await this.loadKnown();
    }

    private async loadKnown(): Promise<Known[]> {
        let known: Known[] = [];
        await this.registryRun((store) => {
            const all = store.getAll();
            all.onsuccess = () => (known = all.result as Known[]);
        });
        known.sort((left, right) => Number(right.isCurrent) - Number(left.isCurrent) || right.openedAt - left.openedAt);
        this.known.set(known.map(({ user, username, signedIn }) => ({ user, username, signedIn })));
        return known;
    }

    private registryRun(body: (store: IDBObjectStore) => void): Promise<void> {
        return new Promise((resolve) => {
            if (!this.registry) return resolve();
            const transaction = this.registry.transaction("account", "readwrite");
            transaction.oncomplete = () => resolve();
            transaction.onabort = () => resolve(); // it is a convenience: the databases are what counts
            body(transaction.objectStore("account"));
        });
    }

    // A newer version of the app

    private watchForUpdate(): void {
        const { serviceWorker } = navigator;
        if (!serviceWorker) return;
        void serviceWorker.ready.then((registration) => {
            const look = (worker: ServiceWorker | null): void => {
                const notice = (): void => {
                    if (worker?.state === "installed" && serviceWorker.controller) this.updateReady.set(true);
                };
                notice();
                worker?.addEventListener("statechange", notice);
            };
            look(registration.installing);
            look(registration.waiting);
            registration.addEventListener("updatefound", () => look(registration.installing));
            // Tabs that stay open for days learn of it too.
            setInterval(() => void registration.update().catch(() => undefined), 3_600_000);
        });
    }

    reloadIntoUpdate(): void {
        const { serviceWorker } = navigator;
        void serviceWorker?.getRegistration().then((registration) => {
            if (!registration?.waiting) return location.reload();
            serviceWorker.addEventListener("controllerchange", () => location.reload());
            registration.waiting.postMessage("skipWaiting");
        });
    }
}

const tabKey = "larder.account";

/** Which account this tab has open: others may have another. */
function tabAccount(): string | null {
    try {
        return sessionStorage.getItem(tabKey);
    } catch {
        return null; // a browser that keeps nothing
    }
}

function setTabAccount(user: string): void {
    try {
        sessionStorage.setItem(tabKey, user);
    } catch {
        // It is for the next time the page is loaded, when there is nothing to open anyway.
    }
}

const databaseName = (user: string): string => `larder-${user}`;

/** The document that names the lists a person has: fixed by the user's id, so that every device and the server agree. */
async function shelfOf(user: ID): Promise<ID> {
    const input = new Uint8Array([...new TextEncoder().encode("larder.shelf."), ...fromHex(user)]);
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", input));
    return `${toHex(digest.slice(0, 14))}5e1f`;
}
