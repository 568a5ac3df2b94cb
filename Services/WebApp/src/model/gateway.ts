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

const timeoutMilliseconds = 20_000;

/** What the server said no with, or that it could not be asked. `status` 0: not reached. */
export class GatewayError extends ModelError {
    constructor(readonly status: number, code: string, message: string, readonly retryAfterSeconds: number | null = null) {
        super(code, message);
    }
}

function expiring(milliseconds: number): AbortSignal {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), milliseconds);
    return controller.signal;
}

async function request(method: string, path: string, token: string | null, body?: Uint8Array | object): Promise<Response> {
    const headers: Record<string, string> = {};
    if (token) headers["Authorization"] = `Bearer ${token}`;
    const isBinary = body instanceof Uint8Array;
    if (body) headers["Content-Type"] = isBinary ? "application/vnd.larder.sync" : "application/json";
    let response: Response;
    try {
        response = await fetch(path, {
            method, headers, body: isBinary ? body : body ? JSON.stringify(body) : null, cache: "no-store",
            signal: expiring(timeoutMilliseconds),
        });
    } catch {
        throw new GatewayError(0, "offline", "The server cannot be reached.");
    }
    if (response.ok) return response;
    const retryAfter = Number(response.headers.get("Retry-After"));
    const told = await response.json().catch(() => null) as { error?: { code: string; message: string } } | null;
    throw new GatewayError(
        response.status, told?.error?.code ?? "unavailable", told?.error?.message ?? `The server answered ${response.status}.`, retryAfter || null);
}

export async function signIn(path: "/v1/users" | "/v1/sessions", username: string, password: string): Promise<SessionAnswer> {
    return (await request("POST", path, null, { username, password })).json();
}

export class Gateway {
    constructor(private readonly keeper: SessionKeeper, private readonly lockName: string, private readonly onSignedOut: () => void) {}

    async json<Answer>(method: string, path: string, body?: object): Promise<Answer> {
        const response = await this.ask(method, path, body);
        return response.status === 204 ? undefined as Answer : response.json();
    }

    async sync(body: Uint8Array): Promise<Uint8Array> {
        return new Uint8Array(await (await this.ask("POST", "/v1/sync", body)).arrayBuffer());
    }

    /** An access token that is accepted now; asks for a new one if `refused` is the present one. */
    async token(refused: string | null = null): Promise<string> {
        const { accessToken } = await this.keeper.load();
        if (accessToken && accessToken !== refused) return accessToken;
        return this.refresh(accessToken);
    }

    async logOut(): Promise<void> {
        const { accessToken } = await this.keeper.load();
        if (accessToken) await request("DELETE", "/v1/sessions", accessToken).catch(() => undefined);
        await this.keeper.save({ accessToken: null, refreshToken: null });
    }

    private async ask(method: string, path: string, body?: Uint8Array | object): Promise<Response> {
        const token = await this.token();
        try {
            return await request(method, path, token, body);
        } catch (error) {
            if (!(error instanceof GatewayError) || error.status !== 401) throw error;
            return request(method, path, await this.token(token), body);
        }
    }

    /** One tab at a time, because a refresh token works once. */
    private async refresh(refused: string | null): Promise<string> {
        const exchange = async (): Promise<string> => {
            const { accessToken, refreshToken } = await this.keeper.load();
            if (accessToken && accessToken !== refused) return accessToken; // another tab has done it
            if (!refreshToken) throw this.signedOut();
            try {
                const session: Session = await (await request("POST", "/v1/sessions/refresh", null, { refreshToken })).json();
                await this.keeper.save(session);
                return session.accessToken!;
            } catch (error) {
                if (!(error instanceof GatewayError) || error.status !== 401) throw error;
                await this.keeper.save({ accessToken: null, refreshToken: null });
                throw this.signedOut();
            }
        };
        return navigator.locks ? navigator.locks.request(this.lockName, exchange) : exchange();
    }

    private signedOut(): GatewayError {
        this.onSignedOut();
        return new GatewayError(401, "signed_out", "The session has ended. Log in again.");
    }
}
