// One exchange with the server: what goes into a request, and what its answers mean. As `Outbox` and `SyncApplying` of the command line.
import { consequences, decodeIntent, fieldNames, type Kind, type Operation, type RequestPart } from "../core/forms";
import { ListError } from "../core/listModule";
import { notTheServer } from "./gateway";
import { Pen, randomReplica } from "./pen";
import { replays, statuses, type AsideRow, type DocumentRow, type OperationRow } from "./rows";
import type { SetAside } from "./types";

const documentsMax = 512;
/** Below what the server takes (1,000): an edit on the screen waits for the transaction that an answer is carried out in. */
const operationsMax = 200;
const bytesMax = 400_000;
/** A new list's head and owner: the server founds it with both at once, or refuses it. */
const foundingCount = 2;
/** Beyond this the device's clock is taken to be wrong. */
const toleranceMilliseconds = 30_000;

interface Sent {
    kind: Kind;
    acknowledgedCounter: number;
    replaying: boolean;
    /** The highest counter that was pushed; 0: it only asked. */
    pushedThrough: number;
    pushed: number;
    /** Fewer than this cannot be pushed alone. */
    least: number;
}

/**
 * How many operations of a document go into a request at most, where the server refused more of them together: it refuses all for the sake
 * of one, and only that one is set aside in the end.
 */
export type Portions = Map<string, number>;

export interface PackedRequest {
    replica: string;
    /** By this device's clock. */
    at: number;
    bytes: Uint8Array;
    sent: Map<string, Sent>;
    /** Documents of those asked for that found no room. */
    left: string[];
}

/** Packs what the documents have to say, the first ones first, each with at most half of a request while others wait. */
export async function pack(pen: Pen, ids: readonly string[], portions: Portions): Promise<PackedRequest | null> {
    const parts: RequestPart[] = [];
    const packed: PackedRequest = { replica: pen.device.replica, at: Date.now(), bytes: new Uint8Array(), sent: new Map(), left: [] };
    let [room, bytes] = [operationsMax, bytesMax];
    for (const [index, id] of ids.entries()) {
        const row = await pen.row(id);
        if (!row) continue;
        if (parts.length >= documentsMax || room <= 0 || bytes <= 0) {
            packed.left.push(id);
            continue;
        }
        const share = index < ids.length - 1 ? 2 : 1;
        const replaying = row.replay !== replays.none;
        const least = row.acknowledged.length > 0 ? 1 : foundingCount;
        const most = replaying ? 0 : portions.get(id) ?? operationsMax;
        const taken = claim(pen, most > 0 ? await pen.pending(id, most) : [], least, Math.ceil(room / share), bytes / share);
        const acknowledgedCounter = pen.module.highest(row.acknowledged, pen.device.replica);
        parts.push({
            id, kind: row.kind, context: replaying ? new Uint8Array() : row.context, deltas: taken.map(({ delta }) => delta), acknowledgedCounter,
        });
        const pushedThrough = taken.at(-1)?.counter ?? 0;
        packed.sent.set(id, { kind: row.kind, acknowledgedCounter, replaying, pushedThrough, pushed: taken.length, least });
        room -= taken.reduce((sum, operation) => sum + pen.module.weight(operation.delta, operation.replica), 0);
        bytes -= taken.reduce((sum, operation) => sum + operation.delta.length, 0) + row.context.length;
    }
    if (parts.length === 0) return null;
    packed.bytes = pen.module.request(packed.replica, parts);
    return packed;
}

/** The oldest operations that fit, at least so many: a delta counts the operations that it replaces too. */
function claim(pen: Pen, pending: readonly OperationRow[], least: number, operations: number, bytes: number): OperationRow[] {
    const taken: OperationRow[] = [];
    let [room, space] = [operations, bytes];
    for (const operation of pending) {
        room -= pen.module.weight(operation.delta, operation.replica);
        space -= operation.delta.length;
        if (taken.length >= least && (room < 0 || space < 0)) break;
        taken.push(operation);
    }
    return taken;
}

export interface Applied {
    /** Documents that have more to exchange at once. */
    more: string[];
    /** Those that the server could not confirm: to be tried later. */
    unconfirmed: string[];
    /** The server's clock as it answered. */
    serverMilliseconds: number;
}

/** Takes in the answers, within one transaction. A document without an answer counts as not confirmed. */
export async function apply(pen: Pen, packed: PackedRequest, answer: Uint8Array, portions: Portions): Promise<Applied> {
    const response = read(pen, answer);
    // Read before anything else is asked of the module.
    const answers = response.documents.flatMap(({ id, status }, index) => {
        const sent = packed.sent.get(id);
        return sent ? [{
            id, status, sent, context: pen.module.answerContext(index), delta: pen.module.answerDelta(index),
            meaning: pen.module.answerConsequences(index, sent),
        }] : [];
    });
    const applied: Applied = { more: [...packed.left], unconfirmed: [], serverMilliseconds: response.serverMilliseconds };
    const answered = new Set(answers.map(({ id }) => id));
    applied.unconfirmed.push(...[...packed.sent.keys()].filter((id) => !answered.has(id)));
    for (const each of answers) {
        const before = await pen.pendingCount(each.id);
        for (const meaning of each.meaning) await carryOut(pen, packed, each, meaning, response.serverMilliseconds, portions);
        await judge(pen, packed, each, before, applied);
        if (each.status === statuses.ok && portions.has(each.id)) portions.set(each.id, Math.max(1, each.sent.pushed) * 2);
        if (await pen.pendingCount(each.id) === 0) portions.delete(each.id);
    }
    return applied;
}

function read(pen: Pen, answer: Uint8Array): ReturnType<Pen["module"]["response"]> {
    try {
        return pen.module.response(answer);
    } catch (error) {
        throw error instanceof ListError ? notTheServer() : error;
    }
}

interface Answer {
    id: string;
    status: number;
    sent: Sent;
    context: Uint8Array;
    delta: Uint8Array;
}

async function carryOut(
    pen: Pen, packed: PackedRequest, answer: Answer, meaning: number, server: number, portions: Portions,
): Promise<void> {
    const { id, sent, status } = answer;
    const row = await pen.open(id, sent.kind);
    const isSameReplica = packed.replica === pen.device.replica;
    if (meaning === consequences.join && answer.delta.length > 0) await pen.join(id, sent.kind, answer.delta);
    else if (meaning === consequences.acknowledge) await acknowledge(pen, packed, answer, row, server);
    else if (!isSameReplica) return; // since the request this device has taken a new id
    else if (meaning === consequences.findOut) row.replay = replays.findingOut;
    else if (meaning === consequences.replace) await replay(pen, row, answer.delta);
    else if (meaning === consequences.restamp) {
        pen.device.clockOffset = server - Date.now();
        pen.device.stamp = BigInt(server) << 16n;
        row.replay = replays.restamping;
    } else if (meaning === consequences.setAside) await refused(pen, row, answer, portions);
    else if (meaning === consequences.note) row.trouble = status;
}

async function acknowledge(pen: Pen, packed: PackedRequest, { id, sent, status, context }: Answer, row: DocumentRow, server: number): Promise<void> {
    const oldest = sent.pushedThrough > 0 ? await pen.pending(id, operationsMax) : [];
    const pushed = oldest.filter(({ replica, counter }) => replica === packed.replica && counter <= sent.pushedThrough);
    const held = pen.module.holds(context, pushed);
    const confirmed = pushed.filter((_, index) => held[index]);
    pen.deleteOperations(confirmed, oldest.slice(0, confirmed.length).every((operation, index) => operation === confirmed[index]));
    row.acknowledged = status === statuses.ok ? context : new Uint8Array();
    row.trouble = null;
    setClock(pen, packed, server);
}

/** So that what is done offline later is stamped by the right time. Not by an answer that was long on its way. */
function setClock(pen: Pen, { at }: PackedRequest, server: number): void {
    const now = Date.now();
    const ahead = server - now;
    if (Math.abs(ahead) < toleranceMilliseconds) pen.device.clockOffset = 0;
    else if (now >= at && now - at < toleranceMilliseconds) pen.device.clockOffset = ahead;
}

/** Takes the document as the server has it, and does again what it does not have. */
async function replay(pen: Pen, row: DocumentRow, whole: Uint8Array): Promise<void> {
    const waiting = await pen.pending(row.id);
    const spare = randomReplica();
    const outcome = pen.module.replay({
        reason: row.replay, kind: row.kind, counter: row.counter, whole,
        acknowledged: row.acknowledged.length > 0 ? row.acknowledged : emptyContext(pen),
        replica: pen.device.replica, spare, latest: pen.device.stamp, now: pen.now, pending: waiting.map(asOperation),
    });
    const delivered = new Set(outcome.delivered);
    pen.deleteOperations(waiting.filter(({ sequence }) => outcome.redone || delivered.has(sequence)), outcome.redone !== null);
    pen.device.stamp = outcome.time;
    if (outcome.takesSpare) await pen.takeNewReplica(spare);
    row.replay = replays.none;
    if (!outcome.redone) {
        if (whole.length > 0) await pen.join(row.id, row.kind, whole);
        return;
    }
    const { counter, context, entries, operations } = outcome.redone;
    for (const operation of operations) pen.record(row.id, operation);
    await pen.replace(row.id, row.kind, context, entries);
    row.counter = counter;
}

const asOperation = (row: OperationRow): Operation => ({
    sequence: row.sequence, replica: row.replica, counter: row.counter, collection: row.collection, id: row.entry, intent: row.intent,
    delta: row.delta, time: row.stamp, at: row.at,
});

function emptyContext(pen: Pen): Uint8Array {
    const handle = pen.module.open(0);
    try {
        return pen.module.context(handle);
    } finally {
        pen.module.free(handle);
    }
}

/** Finds out which operation it is for whose sake all were refused; where none would be taken, that is all of them. */
async function refused(pen: Pen, row: DocumentRow, { status, sent }: Answer, portions: Portions): Promise<void> {
    const mayEdit = status === statuses.invalid || status === statuses.forbidden && await pen.mayEdit(row.id);
    if (sent.replaying || !mayEdit) return setAside(pen, row, status, await pen.pending(row.id));
    if (sent.pushed > sent.least) portions.set(row.id, Math.max(sent.least, sent.pushed >> 1));
    else await setAside(pen, row, status, await pen.pending(row.id, sent.pushed));
}

/** Takes operations out of the document and keeps them where their author can see them. */
async function setAside(pen: Pen, row: DocumentRow, status: number, operations: OperationRow[]): Promise<void> {
    const reason: SetAside["reason"] = status === statuses.forbidden ? "forbidden" : status === statuses.gone ? "gone" : "invalid";
    for (const operation of operations) {
        const itemName = await pen.nameOf(row.id, operation.collection, operation.entry);
        const aside: AsideRow = {
            sequence: operation.sequence, list: row.id, listName: await pen.nameOf(row.id, 0, "0".repeat(32)) ?? "",
            itemName: operation.collection === 1 ? itemName : null, changes: told(operation.intent), reason, atMilliseconds: operation.at,
        };
        pen.transaction.put("aside", aside);
    }
    pen.deleteOperations(operations, true);
    row.trouble = status;
    row.replay = replays.afresh;
}

/** What an operation was meant to do, for people; null: to remove. */
function told(intent: Uint8Array): SetAside["changes"] {
    return intent.length === 0 ? null : decodeIntent(intent).flatMap((change) => {
        const field = fieldNames.get(change.field);
        const to = "set" in change ? change.set : "target" in change ? change.target : change.amount < 0 ? `${change.amount}` : `+${change.amount}`;
        return field && !(to instanceof Uint8Array) && typeof to !== "bigint" ? [{ field, to }] : [];
    });
}

async function judge(pen: Pen, packed: PackedRequest, { id, status, sent }: Answer, before: number, applied: Applied): Promise<void> {
    const row = await pen.open(id, sent.kind);
    const waiting = await pen.pendingCount(id);
    const isFruitless = packed.replica === pen.device.replica && sent.pushedThrough > 0 && status === statuses.ok && waiting >= before
        && row.replay === replays.none;
    if (status === statuses.notConfirmed || isFruitless) applied.unconfirmed.push(id);
    else {
        const mustReplay = row.replay !== replays.none;
        if (row.trouble !== null ? !sent.replaying && mustReplay : waiting > 0 || mustReplay) applied.more.push(id);
    }
}
