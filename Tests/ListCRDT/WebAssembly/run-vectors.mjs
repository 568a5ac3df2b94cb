// Checks the WebAssembly module against the golden vectors that the native tests check.
// usage: node run-vectors.mjs [listcrdt.wasm]        (.build/wasm/listcrdt.wasm unless given)
import assert from "node:assert/strict";
import { webcrypto } from "node:crypto";
import { readFile } from "node:fs/promises";
import { fromHex, ListError, ListModule, toHex } from "./listcrdt.mjs";

globalThis.crypto ??= webcrypto; // Node 18

const root = new URL("../../../", import.meta.url);
const module = await ListModule.load(await readFile(process.argv[2] ?? new URL(".build/wasm/listcrdt.wasm", root)));
const vectors = JSON.parse(await readFile(new URL("../Vectors/vectors.json", import.meta.url), "utf8"));
let checks = 0;

function equal(actual, expected, what) {
    assert.deepEqual(actual, expected, what);
    checks += 1;
}

/** The vectors leave absent things out. */
function withoutNulls(value) {
    if (Array.isArray(value)) return value.map(withoutNulls);
    if (value === null || typeof value !== "object") return value;
    const present = Object.entries(value).filter(([, content]) => content !== null);
    return Object.fromEntries(present.map(([name, content]) => [name, withoutNulls(content)]));
}

/** What a history says: each operation's delta, what every replica then holds, and what all of them make together. */
function checkHistory({ name, kind, replicas, steps, joined, context, list }) {
    const handles = Object.fromEntries(replicas.map((replica) => [replica, module.newDocument(kind)]));
    const deltas = [];
    for (const { operation, delta, receive } of steps) {
        if (operation) {
            deltas.push(fromHex(delta));
            equal(toHex(module.apply(handles[operation.replica], operation)), delta, `${name}: delta of an operation`);
        } else {
            module.merge(handles[receive.replica], deltas[receive.delta]);
        }
    }
    const whole = module.newDocument(kind);
    for (const delta of deltas.reverse()) module.merge(whole, delta);
    for (const delta of deltas) equal(module.merge(whole, delta), 0, `${name}: a delta that comes again`);
    equal(toHex(module.encode(whole)), joined, `${name}: all deltas, backwards`);
    equal(toHex(module.context(whole)), context, `${name}: context`);
    equal(withoutNulls(module.list(whole)), list, `${name}: the list in words`);

    const decoded = module.decodeDocument(fromHex(joined));
    equal(toHex(module.encode(decoded)), joined, `${name}: decoded and encoded`);
    for (const handle of Object.values(handles)) {
        module.merge(handle, module.deltaSince(whole, module.context(handle)));
        equal(toHex(module.encode(handle)), joined, `${name}: a replica that caught up`);
    }
    if (deltas.length > 1) {
        const again = module.newDocument(kind);
        module.merge(again, deltas.reduce((all, delta) => module.mergeDeltas(all, delta)));
        equal(toHex(module.encode(again)), joined, `${name}: deltas joined first`);
        module.free(again);
    }
    for (const handle of [...Object.values(handles), whole, decoded]) module.free(handle);
    assert.throws(() => module.encode(whole), ListError);
}

function checkRefusal({ bytes, code }) {
    assert.throws(() => module.decodeDocument(fromHex(bytes)), (error) => error.code === code, `${bytes} → ${code}`);
    checks += 1;
}

function checkPosition({ left, right, replica, counter, key }) {
    const made = module.positionBetween(fromHex(left), fromHex(right), BigInt(`0x${replica}`), BigInt(counter));
    equal(toHex(made), key, "position");
}

vectors.histories.forEach(checkHistory);
vectors.refusals.forEach(checkRefusal);
vectors.positions.forEach(checkPosition);

const stamp = module.nextStamp(0n, 1_760_000_000_000n);
equal(stamp, 1_760_000_000_000n << 16n, "first stamp of a millisecond");
equal(module.nextStamp(stamp, 0n), stamp + 1n, "a stamp is greater than all seen, whatever the wall clock says");
equal(module.latestTime(fromHex(vectors.histories[0].steps[0].delta)) > 0n, true, "time of a delta");
console.log(`ListCRDT in WebAssembly: ${checks} checks against the golden vectors passed`);
