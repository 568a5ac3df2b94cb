// The live connection to a bridge: what others change arrives by itself. It only hurries things: whatever it loses, the next sync brings.
import { fromBase64, toBase64 } from "../core/bytes";
import { collections } from "../core/forms";
import type { Gateway } from "./gateway";
import type { Replica } from "./replica";
import type { RemoteChange } from "./types";

const pauseMillisecondsMin = 500;
const pauseMillisecondsMax = 30_000;
const silenceMillisecondsMax = 45_000;
/** A connection that has lasted so long was a good one: the next attempt need not wait. */
const steadyMilliseconds = 30_000;
/** Until a list is followed again that the bridge could not ask for. */
const refollowMilliseconds = 5_000;
/** What one frame may hold of contexts, in base64; the bridge takes 64 KiB. */
const followBytesMax = 32_768;
const openMax = 16;
const followMax = 100;
/** Changes that may wait to be written; past it the connection ends, and a sync brings them. */
const waitingMax = 5_000;
/** Between two transactions with changes, so that they gather. No animation frame: a tab that nobody looks at has none. */
const pauseMilliseconds = 16;

interface LiveChange {
    list: string;
    by: string;
    delta: string;
}

interface Frame {
    ready?: { expiresAt: string };
    following?: { list: string; context: string; delta?: string }[];
    change?: LiveChange;
    digest?: { list: string; context: string };
    presence?: { list: string; users: { user: string; username: string }[] };
    unfollowed?: { list: string; reason: string }[];
    error?: { code: string; list?: string };
}

export class Live {
    /** Whether changes arrive by themselves now. */
    onState: (isLive: boolean) => void = () => undefined;
    /** The server has something about these documents that is not here. */
    onBehind: (documents: string[]) => void = () => undefined;
    private socket: WebSocket | null = null;
    private isWanted = false;
    private isReady = false;
    private pause = pauseMillisecondsMin;
    private timer = 0;
    private silence = 0;
    private refollow = 0;
    private readyAt = 0;
    private readonly followed = new Set<string>();
    private readonly refused = new Set<string>();
    private waiting: LiveChange[] = [];
    private isJoining = false;

    constructor(private readonly replica: Replica, private readonly gateway: Gateway) {}

    start(): void {
        if (this.isWanted) return;
        this.isWanted = true;
        void this.connect();
    }

    stop(): void {
        this.isWanted = false;
        clearTimeout(this.timer);
        this.socket?.close();
    }

    /** The network is back: there is no reason to wait out the pause. */
    hurry(): void {
        if (!this.isWanted || this.socket) return;
        clearTimeout(this.timer);
        this.pause = pauseMillisecondsMin;
        void this.connect();
    }

    private async connect(): Promise<void> {
        try {
            const [{ live }, token] = await Promise.all([this.gateway.json<{ live: string }>("GET", "/v1/endpoints"), this.gateway.token()]);
            if (!this.isWanted || this.socket) return;
            const socket = new WebSocket(live);
            this.socket = socket;
            socket.onopen = () => socket.send(JSON.stringify({ token }));
            socket.onmessage = ({ data }) => this.hear(JSON.parse(String(data)) as Frame);
            socket.onclose = () => this.lost(socket);
        } catch {
            this.retry();
        }
    }

    private lost(socket: WebSocket): void {
        if (this.socket !== socket) return;
        this.socket = null;
        if (this.isReady && performance.now() - this.readyAt > steadyMilliseconds) this.pause = pauseMillisecondsMin;
        this.isReady = false;
        this.followed.clear();
        this.refused.clear();
        clearTimeout(this.silence);
        for (const [list] of this.replica.library.visited) this.showNames(list, []);
        this.onState(false);
        this.retry();
    }

    private retry(): void {
        if (!this.isWanted) return;
        clearTimeout(this.timer);
        this.timer = window.setTimeout(() => void this.connect(), this.pause * (0.5 + Math.random()));
        this.pause = Math.min(this.pause * 2, pauseMillisecondsMax);
    }

    private send(frame: object): void {
        if (this.isReady && this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(frame));
    }

    /** Follows what the shelf names now, and itself. */
    follow(): void {
        if (!this.isReady) return;
        const { library } = this.replica;
        const wanted = new Set([library.device.shelf, ...library.shelved]);
        const more = [...wanted].filter((id) => !this.followed.has(id));
        const less = [...this.followed].filter((id) => !wanted.has(id));
        for (const id of more) this.followed.add(id);
        for (const id of less) this.followed.delete(id);
        let [follow, bytes]: [{ list: string; context?: string }[], number] = [[], 0];
        for (const id of more) {
            const context = toBase64(library.row(id)?.context ?? new Uint8Array());
            if (follow.length === followMax || bytes + context.length > followBytesMax) {
                this.send({ follow });
                [follow, bytes] = [[], 0];
            }
            follow.push(context ? { list: id, context } : { list: id });
            bytes += context.length;
        }
        if (follow.length > 0) this.send({ follow });
        if (less.length > 0) this.send({ unfollow: less });
    }

    /** Tells which lists this person has on their screens. */
    tellOpen(lists: readonly string[]): void {
        this.send({ open: lists.filter((id) => this.followed.has(id)).slice(0, openMax) });
    }

    private hear(frame: Frame): void {
        clearTimeout(this.silence);
        this.silence = window.setTimeout(() => this.socket?.close(), silenceMillisecondsMax);
        if (frame.ready) this.ready(frame.ready.expiresAt);
        for (const { list, context, delta } of frame.following ?? []) {
            if (delta) this.take({ list, by: "", delta });
            else this.compare(list, context);
        }
        if (frame.following) this.replica.onOpen();
        if (frame.change) this.take(frame.change);
        if (frame.digest) this.compare(frame.digest.list, frame.digest.context);
        if (frame.presence) this.showPresent(frame.presence.list, frame.presence.users);
        if (frame.error?.list) this.unfollowed(frame.error.list, frame.error.code);
        for (const { list, reason } of frame.unfollowed ?? []) this.unfollowed(list, reason);
        const revoked = (frame.unfollowed ?? []).filter(({ reason }) => reason === "revoked").map(({ list }) => list);
        if (revoked.length > 0) this.onBehind([this.replica.library.device.shelf, ...revoked]);
    }

    /** What the bridge refused may be there now: it is asked for again if the shelf still names it. */
    afterSync(): void {
        for (const id of this.refused) this.followed.delete(id);
        this.refused.clear();
        this.follow();
    }

    /** Followed again after the next sync, or soon if the bridge could not find out. */
    private unfollowed(list: string, reason: string): void {
        if (reason === "forbidden") this.refused.add(list);
        if (reason !== "not_reachable") return;
        this.followed.delete(list);
        clearTimeout(this.refollow);
        this.refollow = window.setTimeout(() => this.follow(), refollowMilliseconds);
    }

    private ready(expiresAt: string): void {
        this.isReady = true;
        this.readyAt = performance.now();
        this.follow();
        this.onState(true);
        // A new token before this one runs out, by the server's clock.
        const left = Math.max(Date.parse(expiresAt) - Date.now() - this.replica.serverAhead - 60_000, 30_000);
        const { socket } = this;
        setTimeout(async () => {
            if (this.socket !== socket || !socket) return;
            const { accessToken } = await this.replica.read((transaction) => transaction.get("device", 1)) as { accessToken: string | null };
            const token = await this.gateway.token(accessToken).catch(() => null);
            if (token) this.send({ token });
        }, left);
    }

    private compare(list: string, context: string): void {
        const { library, module } = this.replica;
        const row = library.row(list);
        if (row && !module.covers(row.context, fromBase64(context))) this.onBehind([list]);
    }

    private showPresent(list: string, users: { user: string; username: string }[]): void {
        const { library } = this.replica;
        this.showNames(list, users.filter(({ user }) => user !== library.device.user).map(({ username }) => username));
    }

    private showNames(list: string, names: string[]): void {
        this.replica.library.setPresent(list, names);
        this.replica.tell({ kind: "present", list, names });
    }

    /** Changes that arrive while others are being written are written together. */
    private take(change: LiveChange): void {
        const context = this.replica.library.row(change.list)?.context;
        if (!context || context.length === 0) return this.onBehind([change.list]); // a part of a list that is not here yet
        if (this.waiting.length >= waitingMax) return this.socket?.close();
        this.waiting.push(change);
        if (!this.isJoining) void this.joinWaiting();
    }

    private async joinWaiting(): Promise<void> {
        this.isJoining = true;
        try {
            while (this.waiting.length > 0) {
                const changes = this.waiting;
                this.waiting = [];
                await this.joinAll(changes);
                await new Promise((resolve) => setTimeout(resolve, pauseMilliseconds));
            }
        } catch {
            this.waiting = [];
            this.socket?.close(); // storage refused it: sync later brings it
        } finally {
            this.isJoining = false;
        }
    }

    private async joinAll(changes: readonly LiveChange[]): Promise<void> {
        const { library, module } = this.replica;
        const deltas = new Map<string, { delta: Uint8Array; by: string }[]>();
        for (const { list, by, delta } of changes) deltas.set(list, [...deltas.get(list) ?? [], { delta: fromBase64(delta), by }]);
        const remote: RemoteChange[] = [];
        const authors = new Map<string, Set<string>>();
        for (const [list, parts] of deltas) for (const { delta, by } of parts) this.note(list, by, delta, remote, authors);
        await this.replica.write(async (pen) => {
            for (const [list, parts] of deltas) {
                const kind = list === library.device.shelf ? 1 : 0;
                await pen.join(list, kind, parts.length === 1 ? parts[0]!.delta : module.join(parts.map(({ delta }) => delta)));
            }
        }, remote);
        for (const [by, replicas] of authors) await this.replica.learn([...replicas], by);
        this.follow();
    }

    /** Who did it, unless it was this person on this device. */
    private note(list: string, by: string, delta: Uint8Array, remote: RemoteChange[], authors: Map<string, Set<string>>): void {
        if (by === "") return;
        const subjects = this.replica.module.subjects(delta);
        const others = subjects.replicas.filter((id) => id !== this.replica.library.device.replica);
        if (others.length === 0) return;
        authors.set(by, new Set([...authors.get(by) ?? [], ...others]));
        const items = subjects.keys.filter(({ collection }) => collection === collections.items).map(({ id }) => id);
        if (items.length > 0) remote.push({ list, by, items, removed: [] });
    }
}
