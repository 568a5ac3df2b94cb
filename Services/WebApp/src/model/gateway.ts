// The server over HTTP, as the person who is signed in.
import { ModelError } from "./types";

export interface Session {
    accessToken: string | null;
    refreshToken: string | null;
}

/** Where a session is kept between requests and tabs. */
export interface SessionKeeper {
    load(): Promise<Session>;
    save(session: Session): Promise<void>;
}

export interface SessionAnswer {
    user: { id: string; username: string };
    accessToken: string;
    refreshToken: string;
}

/** For the head of an answer, and for each part of its body. */
const timeoutMilliseconds = 20_000;

/** What the server said no with, or that it could not be asked. `status` 0: not reached. */
export class GatewayError extends ModelError {
    constructor(readonly status: number, code: string, message: string, readonly retryAfterSeconds: number | null = null) {
        super(code, message);
    }
}

/** The bytes of the answer; throws what the server said no with. */
async function request(method: string, path: string, token: string | null, body?: Uint8Array | object): Promise<Uint8Array> {
    const headers: Record<string, string> = {};
    if (token) headers["Authorization"] = `Bearer ${token}`;
    const isBinary = body instanceof Uint8Array;
    if (body) headers["Content-Type"] = isBinary ? "application/vnd.larder.sync" : "application/json";
    const { response, bytes } = await fetchWhole(path, {
        method, headers, body: isBinary ? body : body ? JSON.stringify(body) : null, cache: "no-store",
    });
    if (response.ok) return bytes;
    const retryAfter = Number(response.headers.get("Retry-After"));
    const { error } = toldIn(bytes);
    throw new GatewayError(
        response.status, error?.code ?? "unavailable", error?.message ?? `The server answered ${response.status}.`, retryAfter || null);
}

/** However long the answer is and however slow the network: as long as something arrives, it goes on. */
async function fetchWhole(path: string, init: RequestInit): Promise<{ response: Response; bytes: Uint8Array }> {
    const controller = new AbortController();
    const expire = (): number => window.setTimeout(() => controller.abort(), timeoutMilliseconds);
    let timer = expire();
    try {
        const response = await fetch(path, { ...init, signal: controller.signal });
        const parts: Uint8Array[] = [];
        const reader = response.body?.getReader();
        for (let part = await reader?.read(); part?.value; part = await reader?.read()) {
            parts.push(part.value);
            clearTimeout(timer);
            timer = expire();
        }
        return { response, bytes: new Uint8Array(await new Blob(parts).arrayBuffer()) };
    } catch {
        throw new GatewayError(0, "offline", "The server cannot be reached.");
    } finally {
        clearTimeout(timer);
    }
}

function asJson<Answer>(bytes: Uint8Array): Answer {
    try {
        return JSON.parse(new TextDecoder().decode(bytes));
    } catch {
        throw notTheServer();
    }
}

/** The page of a proxy, or of a network that wants a log-in. */
export const notTheServer = (): GatewayError => new GatewayError(0, "offline", "What answered is not the server.");

function toldIn(bytes: Uint8Array): { error?: { code: string; message: string } } {
    try {
        return asJson(bytes);
    } catch {
        return {};
    }
}

export async function signIn(path: "/v1/users" | "/v1/sessions", username: string, password: string): Promise<SessionAnswer> {
    return asJson(await request("POST", path, null, { username, password }));
}

export class Gateway {
    /** A session that the disk had no room for: what it has is no longer accepted. */
    private unsaved: Session | null = null;
    private refreshing: Promise<unknown> = Promise.resolve();

    constructor(private readonly keeper: SessionKeeper, private readonly lockName: string, private readonly onSignedOut: () => void) {}

    async json<Answer>(method: string, path: string, body?: object): Promise<Answer> {
        const bytes = await this.ask(method, path, body);
        return bytes.length > 0 ? asJson<Answer>(bytes) : undefined as Answer;
    }

    sync(body: Uint8Array): Promise<Uint8Array> {
        return this.ask("POST", "/v1/sync", body);
    }

    /** An access token that is accepted now; asks for a new one if `refused` is the present one. */
    async token(refused: string | null = null): Promise<string> {
        const { accessToken } = await this.load();
        if (accessToken && accessToken !== refused) return accessToken;
        const refreshed = this.refresh(accessToken);
        this.refreshing = refreshed.catch(() => undefined);
        return refreshed;
    }

    /** When no answer is on its way that holds the only token that will be accepted. */
    settled(): Promise<unknown> {
        return this.refreshing;
    }

    private async load(): Promise<Session> {
        return this.unsaved ?? await this.keeper.load();
    }

    async keep(session: Session): Promise<void> {
        this.unsaved = session;
        await this.keeper.save(session).then(() => (this.unsaved = null), () => undefined); // that the disk is full is told elsewhere
    }

    /** Forgets the session here, and ends it on the server if that can be reached. */
    logOut(): Promise<void> {
        return this.exclusively(async () => {
            const { accessToken, refreshToken } = await this.load();
            try {
                if (accessToken) await request("DELETE", "/v1/sessions", accessToken);
            } catch (error) {
                const hasRunOut = error instanceof GatewayError && error.status === 401;
                const renewed = hasRunOut && refreshToken ? await this.rotate(refreshToken).catch(() => null) : null;
                if (renewed) await request("DELETE", "/v1/sessions", renewed.accessToken).catch(() => undefined);
            }
            await this.keep({ accessToken: null, refreshToken: null });
        });
    }

    private async ask(method: string, path: string, body?: Uint8Array | object): Promise<Uint8Array> {
        const token = await this.token();
        try {
            return await request(method, path, token, body);
        } catch (error) {
            if (!(error instanceof GatewayError) || error.status !== 401) throw error;
            return request(method, path, await this.token(token), body);
        }
    }

    private async rotate(refreshToken: string): Promise<Session> {
        return asJson(await request("POST", "/v1/sessions/refresh", null, { refreshToken }));
    }

    /** One tab at a time, because a refresh token works once. */
    private exclusively<Result>(body: () => Promise<Result>): Promise<Result> {
        return navigator.locks ? navigator.locks.request(this.lockName, body) : body();
    }

    private refresh(refused: string | null): Promise<string> {
        return this.exclusively(async () => {
            const { accessToken, refreshToken } = await this.load();
            if (accessToken && accessToken !== refused) return accessToken; // another tab has done it
            if (!refreshToken) throw this.signedOut();
            try {
                const session = await this.rotate(refreshToken);
                await this.keep(session);
                return session.accessToken!;
            } catch (error) {
                if (!(error instanceof GatewayError) || error.status !== 401) throw error;
                await this.keep({ accessToken: null, refreshToken: null });
                throw this.signedOut();
            }
        });
    }

    private signedOut(): GatewayError {
        this.onSignedOut();
        return new GatewayError(401, "signed_out", "The session has ended. Log in again.");
    }
}
