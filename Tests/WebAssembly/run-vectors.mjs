// Checks the WebAssembly module, as the list app calls it, against the golden vectors that the native tests check.
// usage: bundled by esbuild, then: node run-vectors.mjs listcrdt-checked.wasm
import assert from "node:assert/strict";
import { webcrypto } from "node:crypto";
import { readFile } from "node:fs/promises";
import { decodeIntent, encodeIntent, fields } from "../../Services/WebApp/src/core/forms";
import { ListError, ListModule } from "../../Services/WebApp/src/core/listModule";
import vectors from "../ListCRDT/Vectors/vectors.json";

globalThis.crypto ??= webcrypto; // Node 18

const module = await ListModule.load(await readFile(process.argv[2]));
let checks = 0;

const fromHex = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
const toHex = (bytes) => Buffer.from(bytes).toString("hex");

function equal(actual, expected, what) {
    assert.deepEqual(actual, expected, what);
    checks += 1;
}

/** {null: true} | {bool} | {int} | {string} | {bytes: hexadecimal}, as the vectors write values. */
function value({ bool, int, string, bytes }) {
    if (bytes !== undefined) return fromHex(bytes);
    if (int !== undefined) return BigInt(int);
    return bool ?? string ?? null;
}

function perform(handle, { collection, id, replica, counter, time, changes }) {
    const intent = changes?.map(({ field, set, target, amount }) => {
        if (set !== undefined) return { field, set: value(set) };
        return target !== undefined ? { field, target: BigInt(target) } : { field, amount: BigInt(amount) };
    }) ?? null;
    const encoded = encodeIntent(intent);
    equal(decodeIntent(encoded).map(({ field }) => field), intent?.map(({ field }) => field) ?? [], "fields of an intent");
    return module.perform(handle, { collection, id }, { replica, counter: BigInt(counter) }, encoded, { stamp: BigInt(time) }).delta;
}

/** The list as the vectors write it, from what its entries show; absent things left out. */
function list(handle) {
    const entries = module.shown(handle).map((entry) => ({ ...entry, get: (field) => entry.fields.registers.get(field)?.value }));
    const within = (collection) => entries.filter((entry) => entry.collection === collection).sort((a, b) => a.id < b.id ? -1 : 1);
    const [head] = within(0);
    const items = within(1).map(({ id, versions, fields: { registers, counters }, get }) => {
        const stamps = [...registers.values(), ...counters.values()].map(({ stamp }) => stamp);
        const latest = stamps.reduce((a, b) => a.time > b.time || a.time === b.time && a.by > b.by ? a : b, { time: 0n, by: "0".repeat(16) });
        const counter = counters.get(fields.quantity);
        const quantity = counter && { target: counter.target, acquired: counter.acquired, remaining: Math.max(0, counter.target - counter.acquired) };
        return {
            id, name: get(fields.name), note: get(fields.note), category: get(fields.category), checked: get(fields.checked) ?? false, quantity,
            unit: get(fields.unit), position: toHex(get(fields.position) ?? []), updatedMilliseconds: Number(latest.time >> 16n),
            updatedBy: latest.by, versions,
        };
    }).sort((a, b) => a.position < b.position || a.position === b.position && a.id < b.id ? -1 : 1);
    const members = within(2).filter(({ get }) => get(fields.role) !== undefined)
        .map(({ id, get }) => ({ user: id, role: get(fields.role), name: get(fields.memberName) ?? "" }));
    const invitations = within(2).filter(({ get }) => get(fields.invitationRole) !== undefined).map(({ id, get }) => ({
        id, role: get(fields.invitationRole), expiresMilliseconds: get(fields.expiresMilliseconds),
        invitedBy: get(36) && toHex(get(36)),
    }));
    return JSON.parse(JSON.stringify({
        name: head?.get(fields.name) ?? "", trashed: head?.get(fields.trashed) ?? false,
        createdMilliseconds: head?.get(fields.createdMilliseconds), items, members, invitations,
    }, (_, content) => content ?? undefined));
}

/** What a history says: each operation's delta, what every replica then holds, and what all of them make together. */
function checkHistory({ name, kind, replicas, steps, joined, context, list: words }) {
    const handles = Object.fromEntries(replicas.map((replica) => [replica, module.open(kind)]));
    const deltas = [];
    for (const { operation, delta, receive } of steps) {
        if (operation) {
            deltas.push(fromHex(delta));
            equal(toHex(perform(handles[operation.replica], operation)), delta, `${name}: delta of an operation`);
        } else {
            module.merge(handles[receive.replica], deltas[receive.delta]);
        }
    }
    const whole = module.open(kind);
    for (const delta of deltas.reverse()) module.merge(whole, delta);
    for (const delta of deltas) equal(module.merge(whole, delta), 0, `${name}: a delta that comes again`);
    equal(toHex(module.encode(whole)), joined, `${name}: all deltas, backwards`);
    equal(toHex(module.context(whole)), context, `${name}: context`);
    equal(list(whole), words, `${name}: the list in words`);

    const decoded = module.decode(fromHex(joined));
    equal(toHex(module.encode(decoded)), joined, `${name}: decoded and encoded`);
    const again = module.open(kind, module.context(whole), module.entries(whole));
    equal(toHex(module.encode(again)), joined, `${name}: taken apart and put together`);
    for (const handle of Object.values(handles)) {
        const before = module.context(handle);
        module.merge(handle, module.deltaSince(whole, before));
        equal(toHex(module.encode(handle)), joined, `${name}: a replica that caught up`);
        equal(module.covers(module.context(whole), before), true, `${name}: a context that grew`);
    }
    if (deltas.length > 0) {
        const apart = module.open(kind);
        module.merge(apart, module.join(deltas));
        equal(toHex(module.encode(apart)), joined, `${name}: deltas joined first`);
        module.free(apart);
    }
    for (const handle of [...Object.values(handles), whole, decoded, again]) module.free(handle);
    assert.throws(() => module.encode(whole), ListError);
}

/** An outbox of which the server has the first operation and not the second: nothing is done twice, nothing is lost. */
function checkReplay() {
    const [replica, spare] = ["1111222233334444", "2222333344445555"];
    const device = module.open(0);
    const add = (counter, name) => {
        const [key, dot] = [{ collection: 1, id: replica + counter.toString(16).padStart(16, "0") }, { replica, counter }];
        const intent = encodeIntent([{ field: fields.name, set: name }]);
        const { time, delta } = module.perform(device, key, dot, intent, { latest: 0n, now: 1_760_000_000_000 + counter });
        return { sequence: counter, ...dot, ...key, intent, delta, time, at: 1_760_000_000_000 };
    };
    const pending = [add(1, "Milk"), add(2, "Bread")];
    const server = module.open(0);
    const acknowledged = module.context(server);
    module.merge(server, pending[0].delta);
    const whole = module.deltaSince(server, acknowledged);
    const input = { kind: 0, acknowledged, counter: 2, whole, replica, spare, latest: pending[1].time, now: 1_760_000_000_010, pending };

    const found = module.replay({ ...input, reason: 1 });
    equal([found.delivered, found.takesSpare, found.redone], [[1], false, null], "what the server has is delivered, the rest stands");
    const restamped = module.replay({ ...input, reason: 2 });
    equal(restamped.redone.operations.map(({ counter, replica }) => [counter, replica]), [[3, replica]], "the rest is minted and stamped anew");
    equal(restamped.redone.operations[0].time > pending[1].time, true, "later than before");

    // Another life of this replica has used its second dot for something else.
    const twin = module.open(0);
    module.merge(twin, pending[0].delta);
    const rival = { collection: 1, id: `${replica}${"2".padStart(16, "0")}` };
    module.perform(twin, rival, { replica, counter: 2 }, encodeIntent([{ field: fields.name, set: "Rice" }]), { latest: 0n, now: 1_760_000_000_500 });
    const split = module.replay({ ...input, reason: 1, whole: module.deltaSince(twin, acknowledged) });
    equal(split.takesSpare, true, "a replica with two lives takes a new id");
    const names = split.redone.entries.length;
    equal([names, split.redone.operations.map((operation) => operation.replica)], [3, [spare]], "both lives' items are there");
    for (const handle of [device, server, twin]) module.free(handle);
}

function checkRefusal({ bytes, code }) {
    assert.throws(() => module.decode(fromHex(bytes)), (error) => error.code === code, `${bytes} → ${code}`);
    checks += 1;
}

function checkPosition({ left, right, replica, counter, key }) {
    const made = module.positionBetween(fromHex(left), fromHex(right), { replica, counter });
    equal(toHex(made), key, "position");
}

vectors.histories.forEach(checkHistory);
vectors.refusals.forEach(checkRefusal);
vectors.positions.forEach(checkPosition);
checkReplay();
console.log(`ListCRDT in WebAssembly: ${checks} checks passed`);
