"""What a browser profile keeps: the rows of IndexedDB, read, copied out and put into another profile."""
import base64
from dataclasses import dataclass

from playwright.sync_api import BrowserContext, Page

CODEC = """
const encode = (value) => {
    if (value === undefined) return { $: "undefined" };
    if (typeof value === "bigint") return { $: "bigint", of: String(value) };
    if (value instanceof Uint8Array) return { $: "bytes", of: btoa(Array.from(value, (byte) => String.fromCharCode(byte)).join("")) };
    if (value instanceof Map) return { $: "map", of: [...value].map((pair) => pair.map(encode)) };
    if (Array.isArray(value)) return value.map(encode);
    if (value && typeof value === "object") return { $: "object", of: Object.entries(value).map(([key, each]) => [key, encode(each)]) };
    return value;
};
const decode = (value) => {
    if (Array.isArray(value)) return value.map(decode);
    if (!value || typeof value !== "object") return value;
    switch (value.$) {
    case "undefined": return undefined;
    case "bigint": return BigInt(value.of);
    case "bytes": return Uint8Array.from(atob(value.of), (character) => character.charCodeAt(0));
    case "map": return new Map(value.of.map((pair) => pair.map(decode)));
    default: return Object.fromEntries(value.of.map(([key, each]) => [key, decode(each)]));
    }
};
const promised = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
});
const ended = (transaction) => new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onabort = () => reject(transaction.error);
});
"""

READ = CODEC + """
const database = await promised(indexedDB.open(name));
try {
    return encode(await promised(database.transaction(table).objectStore(table).getAll()));
} finally { database.close(); }
"""

WAITING = CODEC + """
const names = (await indexedDB.databases()).map(({ name }) => name).filter((name) => name.startsWith("larder-"));
const counts = await Promise.all(names.map(async (name) => {
    const database = await promised(indexedDB.open(name));
    try {
        return await promised(database.transaction("operation").objectStore("operation").count());
    } finally { database.close(); }
}));
return counts.reduce((sum, count) => sum + count, 0);
"""

DUMP = CODEC + """
const names = (await indexedDB.databases()).map(({ name }) => name).filter((name) => name.startsWith("larder"));
const databases = [];
for (const name of names) {
    const database = await promised(indexedDB.open(name));
    const transaction = database.transaction([...database.objectStoreNames]);
    const stores = await Promise.all([...database.objectStoreNames].map(async (table) => {
        const store = transaction.objectStore(table);
        const { keyPath, autoIncrement } = store;
        return { table, keyPath, autoIncrement, rows: encode(await promised(store.getAll())) };
    }));
    databases.push({ name, version: database.version, stores });
    database.close();
}
return { databases, local: Object.entries(localStorage) };
"""

RESTORE = CODEC + """
for (const [key, value] of profile.local) localStorage.setItem(key, value);
for (const { name, version, stores } of profile.databases) {
    const request = indexedDB.open(name, version);
    request.onupgradeneeded = () => {
        for (const { table, keyPath, autoIncrement } of stores) request.result.createObjectStore(table, { keyPath, autoIncrement });
    };
    const database = await promised(request);
    const transaction = database.transaction([...database.objectStoreNames], "readwrite");
    const isDone = ended(transaction);
    for (const { table, rows } of stores) for (const row of decode(rows)) transaction.objectStore(table).put(row);
    await isDone;
    database.close();
}
"""

CHANGE_DEVICE = CODEC + """
const database = await promised(indexedDB.open(name));
const transaction = database.transaction("device", "readwrite");
const isDone = ended(transaction);
const store = transaction.objectStore("device");
store.put({ ...await promised(store.get(1)), ...decode(change) });
await isDone;
database.close();
"""


def _call(page: Page, body: str, parameter: str, argument: object):
    return page.evaluate(f"async ({parameter}) => {{ {body} }}", argument)


def _plain(value):
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if not isinstance(value, dict):
        return value
    kind, of = value["$"], value.get("of")
    match kind:
        case "bigint": return int(of)
        case "bytes": return base64.b64decode(of)
        case "map": return {str(_plain(key)): _plain(each) for key, each in of}
        case "undefined": return None
        case _: return {key: _plain(each) for key, each in of}


def table(page: Page, user: str, name: str) -> list[dict]:
    """All rows of a table of the person's replica."""
    return _plain(_call(page, READ, "{ name, table }", {"name": f"larder-{user}", "table": name}))


def waiting(page: Page) -> int:
    """How many operations wait for the server, of all accounts."""
    return page.evaluate(f"async () => {{ {WAITING} }}")


def operations(page: Page, user: str) -> list[dict]:
    """The outbox: what waits for the server."""
    return table(page, user, "operation")


def device_row(page: Page, user: str) -> dict:
    return table(page, user, "device")[0]


def change_device_row(page: Page, user: str, **change) -> None:
    _call(page, CHANGE_DEVICE, "{ name, change }", {"name": f"larder-{user}", "change": {"$": "object", "of": list(change.items())}})


@dataclass
class Profile:
    """A copy of all that a browser keeps of the app."""
    content: dict

    @classmethod
    def of(cls, page: Page) -> "Profile":
        return cls(page.evaluate(f"async () => {{ {DUMP} }}"))

    def restore_into(self, context: BrowserContext, url: str) -> None:
        """Before the app is opened there."""
        page = context.new_page()
        blank = f"{url}/restoring"
        page.route(blank, lambda route: route.fulfill(body="<!doctype html>", content_type="text/html"))
        page.goto(blank)
        _call(page, RESTORE, "profile", self.content)
        page.close()
