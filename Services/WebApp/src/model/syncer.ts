// When to sync, and with what: one tab of an account does it for all. Answers are carried out by exchange.ts.
import { apply, pack, type Portions } from "./exchange";
import { GatewayError, type Gateway } from "./gateway";
import { Live } from "./live";
import { Names } from "./names";
import { Pen } from "./pen";
import type { Replica, TabMessage } from "./replica";
import { replays, type AsideRow } from "./rows";
import { Cell } from "./stores";
import { ModelError, type SyncPolicy, type SyncStatus } from "./types";

const pauseMillisecondsMin = 1_000;
const pauseMillisecondsMax = 15_000;

export class Syncer {
    readonly status: Cell<SyncStatus>;
    private readonly live: Live;
    private readonly tab = crypto.randomUUID();
    private readonly openIn = new Map<string, string[]>();
    private readonly names: Names;
    private readonly portions: Portions = new Map();
    private isLeader = false;
    private endLeading: () => void = () => undefined;
    private isClosed = false;
    private wanted = new Set<string>();
    private wantsEverything = false;
    private isRunning = false;
    private pause = pauseMillisecondsMin;
    private timer = 0;
    private interval = 0;

    constructor(private readonly replica: Replica, private readonly gateway: Gateway, isSignedIn: boolean) {
        const { device } = replica.library;
        const { count, since } = replica.library.pending;
        this.status = new Cell<SyncStatus>({
            phase: !isSignedIn ? "signed-out" : navigator.onLine ? "waiting" : "offline", pending: count, pendingSinceMilliseconds: since,
            syncedMilliseconds: device.syncedAt, live: false, policy: device.policy, problem: null, setAside: [],
        });
        this.names = new Names(replica, gateway);
        this.live = new Live(replica, gateway);
        this.live.onState = (live) => {
            this.say({ live });
            if (live) this.want("everything");
        };
        this.live.onBehind = (documents) => this.want(documents);
        replica.onMessage = (message) => this.hear(message);
        replica.onOpen = () => this.tellOpen();
    }

    /** Waits for its turn to be the tab that syncs, and is it until the tab ends. */
    start(): void {
        addEventListener("online", this.onOnline);
        addEventListener("offline", this.onOffline);
        document.addEventListener("visibilitychange", this.onVisible);
        void this.showSetAside();
        const lead = (): Promise<void> => new Promise((resolve) => {
            this.endLeading = resolve;
            if (this.isClosed) return resolve();
            this.isLeader = true;
            // What the tab before was in the middle of is over.
            const { phase } = this.status.get();
            this.say({ live: false, phase: phase === "syncing" ? "synced" : phase, policy: this.replica.library.device.policy });
            this.begin();
        });
        void this.exclusively("sync", lead);
        if (!this.isLeader) this.replica.tell({ kind: "ask", what: "status" });
    }

    /** One tab of the account at a time. What is in memory is this tab's alone. */
    private exclusively<Result>(name: string, body: () => Promise<Result>): Promise<Result> {
        const { database, library } = this.replica;
        return navigator.locks && database.isKept ? navigator.locks.request(`larder-${name}-${library.device.user}`, body) : body();
    }

    close(): void {
        this.isClosed = true;
        removeEventListener("online", this.onOnline);
        removeEventListener("offline", this.onOffline);
        document.removeEventListener("visibilitychange", this.onVisible);
        this.replica.tell({ kind: "open", tab: this.tab, lists: [] });
        this.live.stop();
        clearTimeout(this.timer);
        clearInterval(this.interval);
        this.endLeading();
    }

    // What people ask for

    syncNow(): void {
        this.pause = pauseMillisecondsMin;
        if (this.isLeader) this.want("everything");
        else this.replica.tell({ kind: "ask", what: "sync" });
    }

    /** Brings a list's changes to the server, whatever the policy; throws if it cannot be reached. */
    async deliver(list: string): Promise<void> {
        await this.exchange([list], false);
    }

    async setPolicy(policy: SyncPolicy): Promise<void> {
        await this.replica.write(async (pen) => void (pen.device.policy = policy));
    }

    async forgetSetAside(): Promise<void> {
        await this.replica.run(async (transaction) => transaction.deleteAll("aside"));
        await this.showSetAside();
        this.replica.tell({ kind: "aside" });
    }

    signedIn(): void {
        this.say({ phase: "waiting", problem: null });
        this.replica.tell({ kind: "signedIn" });
        if (this.isLeader) this.begin();
    }

    signedOut(): void {
        this.say({ phase: "signed-out", live: false });
        this.live.stop();
        clearInterval(this.interval);
    }

    // The tab that syncs

    private begin(): void {
        clearInterval(this.interval);
        clearTimeout(this.timer);
        const { policy } = this.status.get();
        if (this.status.get().phase === "signed-out") return;
        if (policy === "live") this.live.start();
        else this.live.stop();
        if (policy !== "manual") {
            const minutes = policy === "live" ? 1 : policy;
            this.interval = window.setInterval(() => {
                if (policy !== "live" || !this.status.get().live) this.want("everything");
            }, minutes * 60_000);
        }
        if (policy !== "manual") this.want("everything");
        this.tellOpen();
    }

    private want(documents: "everything" | readonly string[]): void {
        if (!this.isLeader || this.isClosed) return;
        if (documents === "everything") this.wantsEverything = true;
        else for (const id of documents) this.wanted.add(id);
        clearTimeout(this.timer);
        if (!this.isRunning) void this.run();
    }

    private next(): string[] {
        const { library } = this.replica;
        if (this.wantsEverything) for (const id of [library.device.shelf, ...library.shelved, ...this.waiting()]) this.wanted.add(id);
        this.wantsEverything = false;
        const ids = [...this.wanted];
        this.wanted.clear();
        return ids.sort((left, right) => Number(right === library.device.shelf) - Number(left === library.device.shelf));
    }

    /** Documents with something to exchange. What the server refuses is asked for with everything else only. */
    private waiting(): string[] {
        const { library } = this.replica;
        return library.ids.filter((id) => {
            const row = library.row(id);
            return library.hasPending(id) || (row !== undefined && row.replay !== replays.none && row.trouble === null);
        });
    }

    private async run(): Promise<void> {
        this.isRunning = true;
        let wasEverything = false;
        let hasExchanged = false;
        let ids: string[] = [];
        try {
            for (;;) {
                const isEverything = this.wantsEverything;
                ids = this.next();
                // What was edited meanwhile.
                if (ids.length === 0 && this.status.get().policy === "live") ids = this.waiting();
                if (ids.length === 0 || this.isClosed) break;
                wasEverything ||= isEverything;
                this.say({ phase: "syncing" });
                await this.exchange(ids, isEverything);
                hasExchanged = true;
            }
            this.pause = pauseMillisecondsMin;
            if (wasEverything) await this.noteSynced();
            if (hasExchanged) this.settle();
        } catch (error) {
            this.wantsEverything ||= wasEverything;
            for (const id of error instanceof Unconfirmed ? error.documents : ids) this.wanted.add(id);
            this.fail(error);
            return;
        } finally {
            this.isRunning = false;
        }
        // While the end was being noted.
        if (this.wantsEverything || this.wanted.size > 0) this.want([]);
        this.changed();
    }

    /** A document is in one request at a time, so that answers about it come in the order of what was asked. */
    private exchange(ids: readonly string[], isEverything: boolean): Promise<void> {
        return this.exclusively("exchange", () => this.exchangeAll(ids, isEverything));
    }

    /** One request after another until these documents have nothing left to exchange. */
    private async exchangeAll(ids: readonly string[], isEverything: boolean): Promise<void> {
        const known = new Set(this.replica.library.shelved);
        let unconfirmed: string[] = [];
        for (let left = [...ids]; left.length > 0;) {
            const packed = await this.replica.read(async (transaction) =>
                pack(await Pen.open(this.replica.module, transaction), left, this.portions));
            if (!packed) break;
            const answer = await this.gateway.sync(packed.bytes);
            const applied = await this.replica.write((pen) => apply(pen, packed, answer, this.portions));
            this.replica.serverAhead = applied.serverMilliseconds - Date.now();
            unconfirmed = [...unconfirmed, ...applied.unconfirmed];
            left = applied.more;
        }
        // Lists that have come onto the shelf.
        const found = this.replica.library.shelved.filter((id) => !known.has(id));
        if (isEverything || found.length > 0) for (const id of found) this.wanted.add(id);
        this.live.afterSync();
        await this.showSetAside();
        if (!this.isLeader) this.replica.tell({ kind: "aside" });
        if (unconfirmed.length > 0) throw new Unconfirmed(unconfirmed);
    }

    private async noteSynced(): Promise<void> {
        const at = Date.now();
        await this.replica.write(async (pen) => void (pen.device.syncedAt = at));
        this.say({ syncedMilliseconds: at });
    }

    private settle(): void {
        const { count } = this.replica.library.pending;
        this.say({ phase: count > 0 ? "waiting" : "synced", problem: null });
        this.learnNames();
    }

    private fail(error: unknown): void {
        const reason = error instanceof ModelError ? error.code : "internal";
        if (error instanceof Unconfirmed) {
            this.say({ phase: "unconfirmed", problem: null });
        } else if (error instanceof GatewayError && error.status === 401) {
            return this.signedOut();
        } else if (error instanceof GatewayError && error.status === 0) {
            this.say({ phase: "offline", problem: null });
        } else if (error instanceof GatewayError && (error.status >= 500 || error.status === 429)) {
            this.say({ phase: "unconfirmed", problem: reason });
        } else { // the server's no, or this device's: what is full or refused is told beside it
            this.say({ phase: "refused", problem: reason });
        }
        const asked = error instanceof GatewayError ? (error.retryAfterSeconds ?? 0) * 1_000 : 0;
        clearTimeout(this.timer);
        this.timer = window.setTimeout(() => this.want(this.waiting()), Math.max(asked, this.pause * (0.5 + Math.random() / 2)));
        this.pause = Math.min(this.pause * 2, pauseMillisecondsMax);
    }

    // Status, tabs, network

    private say(change: Partial<SyncStatus>): void {
        const { count, since } = this.replica.library.pending;
        const before = this.status.get();
        const status = { ...before, pending: count, pendingSinceMilliseconds: since, ...change };
        if (status.phase === "synced" && count > 0) status.phase = "waiting";
        const isSame = (Object.keys(status) as (keyof SyncStatus)[]).every((key) => status[key] === before[key]);
        if (isSame) return;
        this.status.set(status);
        if (this.isLeader) this.replica.tell({ kind: "status", status });
    }

    private hear(message: TabMessage): void {
        if (message.kind === "status" && !this.isLeader) this.status.set(message.status);
        else if (message.kind === "changed") this.changed();
        else if (message.kind === "aside") void this.showSetAside();
        else if (message.kind === "signedIn" && this.isLeader) this.signedInElsewhere();
        else if (message.kind === "open") {
            this.openIn.set(message.tab, message.lists);
            if (!this.isLeader) return;
            this.live.tellOpen(this.allOpen());
            for (const [list, names] of this.replica.library.visited) this.replica.tell({ kind: "present", list, names });
        } else if (message.kind === "ask" && this.isLeader) {
            if (message.what === "sync") this.syncNow();
            else this.replica.tell({ kind: "status", status: this.status.get() });
        }
    }

    private signedInElsewhere(): void {
        this.say({ phase: "waiting", problem: null });
        this.begin();
    }

    /** Something was written, here or in another tab: what waits goes on its way, if that is the policy. */
    private changed(): void {
        const { policy } = this.replica.library.device;
        const isNewPolicy = policy !== this.status.get().policy;
        this.say({ policy });
        if (!this.isLeader) return;
        if (isNewPolicy) this.begin();
        if (this.isRunning) return;
        const { phase } = this.status.get();
        const mayStart = phase !== "signed-out" && phase !== "offline" && phase !== "unconfirmed" && phase !== "refused";
        if (policy === "live" && mayStart && this.waiting().length > 0) this.want(this.waiting());
    }

    private allOpen(): string[] {
        return [...new Set([...this.replica.library.open, ...[...this.openIn.values()].flat()])];
    }

    private tellOpen(): void {
        const lists = document.visibilityState === "visible" ? [...this.replica.library.open] : [];
        this.replica.tell({ kind: "open", tab: this.tab, lists });
        if (this.isLeader) this.learnNames();
        if (this.isLeader) this.live.tellOpen(document.visibilityState === "visible" ? this.allOpen() : [...this.openIn.values()].flat());
    }

    private learnNames(): void {
        if (this.status.get().phase === "synced") void this.names.learn(this.allOpen());
    }

    private async showSetAside(): Promise<void> {
        const rows = await this.replica.read((transaction) => transaction.all<AsideRow>("aside"));
        if (rows.length !== this.status.get().setAside.length) this.say({ setAside: rows });
    }

    private readonly onOnline = (): void => {
        this.pause = pauseMillisecondsMin;
        const { phase, policy } = this.status.get();
        if (policy === "manual" && phase === "offline" && this.isLeader) this.say({ phase: "synced" });
        if (policy === "manual" || phase === "signed-out") return;
        this.live.hurry();
        this.want("everything");
    };

    /** By what the browser says, which does not know a server on this machine: where edits are sent at once, that is tried all the same. */
    private readonly onOffline = (): void => {
        const { phase, policy } = this.status.get();
        if (!this.isLeader || phase === "signed-out") return;
        if (policy !== "live") return this.say({ phase: "offline" });
        this.wanted.add(this.replica.library.device.shelf);
        this.fail(new GatewayError(0, "offline", "The browser has no network."));
    };

    private readonly onVisible = (): void => {
        this.tellOpen();
        if (document.visibilityState !== "visible") return;
        void this.replica.catchUp().catch(() => undefined);
        if (!this.isLeader) return;
        if (this.status.get().policy !== "live" || this.status.get().live) return;
        this.live.hurry();
        this.want("everything");
    };
}

class Unconfirmed extends Error {
    constructor(readonly documents: readonly string[]) {
        super("two of three copies did not confirm");
    }
}
