// The service worker: keeps one version of the app whole, so that it opens with no network, and of the rest (the words of a language, large icons)
// what was asked for. It never answers for the API.
declare const ASSETS: string[];
declare const VERSION: string;

interface Waiting extends Event { waitUntil(work: Promise<unknown>): void }
interface Fetching extends Event { request: Request; respondWith(answer: Promise<Response>): void }
interface Worker {
    addEventListener(type: "install" | "activate", listener: (event: Waiting) => void): void;
    addEventListener(type: "fetch", listener: (event: Fetching) => void): void;
    addEventListener(type: "message", listener: (event: MessageEvent) => void): void;
    skipWaiting(): Promise<void>;
    clients: { claim(): Promise<void> };
    registration: { installing: unknown; waiting: unknown };
}

const worker = self as unknown as Worker;
const prefix = "larder-";
const name = prefix + VERSION;
const assets = new Set(ASSETS);
const kept = /^\/(assets\/.+\.json|icon-.+\.png)$/;
const pages = /^\/($|list\/|join\/|settings$|login$)/;

worker.addEventListener("install", (event) => event.waitUntil(install()));

async function install(): Promise<void> {
    const cache = await caches.open(name);
    await cache.addAll(ASSETS.map((path) => new Request(path, { cache: "reload" })));
    const page = await (await cache.match("/"))?.text() ?? "";
    const wanted = page.match(/\/assets\/[\w.-]+/g) ?? [];
    if (!wanted.every((path) => assets.has(path))) throw new Error("The page is of another version than this worker; the next visit tries again.");
}

worker.addEventListener("activate", (event) => event.waitUntil(activate()));

/**
 * What the versions before kept on demand is taken over: it has its content in its name, and is wanted again.
 * While a later version is on its way, its cache is among the others: it will delete them.
 */
async function activate(): Promise<void> {
    const old = (await caches.keys()).filter((key) => key.startsWith(prefix) && key !== name);
    const cache = await caches.open(name);
    for (const key of old) {
        const before = await caches.open(key);
        for (const request of await before.keys()) {
            const response = kept.test(new URL(request.url).pathname) && await before.match(request);
            if (response) await cache.put(request, response);
        }
    }
    const { installing, waiting } = worker.registration;
    if (!installing && !waiting) await Promise.all(old.map((key) => caches.delete(key)));
    await worker.clients.claim();
}

worker.addEventListener("fetch", (event) => {
    const { request } = event;
    const { origin, pathname } = new URL(request.url);
    if (request.method !== "GET" || origin !== location.origin || pathname.startsWith("/v1/")) return;
    if (request.mode === "navigate" && pages.test(pathname)) event.respondWith(answer("/", request));
    else if (assets.has(pathname)) event.respondWith(answer(pathname, request));
    else if (kept.test(pathname)) event.respondWith(answerAndKeep(pathname, request));
});

async function answer(path: string, request: Request): Promise<Response> {
    const cache = await caches.open(name);
    return await cache.match(path) ?? await fetch(request);
}

async function answerAndKeep(path: string, request: Request): Promise<Response> {
    const cache = await caches.open(name);
    const known = await cache.match(path);
    if (known) return known;
    const response = await fetch(request);
    if (response.ok) await cache.put(path, response.clone());
    return response;
}

worker.addEventListener("message", (event) => {
    if (event.data === "skipWaiting") void worker.skipWaiting();
});

export {};
