// What commands do to entries, and what takes it back.
import { asChanges, collections, fields, idOfDot, type Change, type Fields, type Intent, type Key, type Kind } from "../core/forms";
import { headKey, type Pen } from "./pen";
import type { HabitRow } from "./rows";
import { ModelError, type Conflict, type ID, type ItemDraft, type ItemPatch } from "./types";
import type { Deed } from "./undo";

const ownerRole = 1;
export const limits = { name: 500, note: 10_000, category: 100, unit: 40, items: 20_000 } as const;
export const disputedFields: Record<Conflict["field"], number> = {
    name: fields.name, note: fields.note, category: fields.category, checked: fields.checked, unit: fields.unit, quantity: fields.quantity,
};

const length = (value: string): number => value.length <= limits.unit ? value.length : [...new Intl.Segmenter().segment(value)].length;
export const item = (id: ID): Key => ({ collection: collections.items, id });

/** For a list: the ids of shelves and accounts end otherwise. */
export function randomId(): ID {
    for (;;) {
        const id = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
        if (!id.endsWith("acc0") && !id.endsWith("5e1f")) return id;
    }
}

/** Does deeds within one transaction, and notes what takes them back. */
export class DeedWriter {
    private readonly inverses: Deed[] = [];
    /** In place of `inverse`. */
    takeBack: Deed[] | null = null;
    /** To be remembered when all is committed. */
    readonly habits: HabitRow[] = [];

    constructor(readonly pen: Pen) {}

    async do(document: ID, kind: Kind, key: Key, intent: Intent, isNew = false): Promise<void> {
        const before = await this.pen.operate(document, kind, key, intent, isNew);
        if (before === undefined) return;
        this.inverses.push({ document, kind, key, intent: inverse(intent, before) });
    }

    /** In the order in which to do them: the last deed is taken back first. */
    get inverse(): Deed[] {
        return [...this.inverses].reverse();
    }

    edit(list: ID, key: Key, intent: Intent): Promise<void> {
        return this.do(list, 0, key, intent);
    }

    /** New items, one behind the other, between two positions or at an end. */
    async addAll(list: ID, items: readonly (readonly Change[])[], left = new Uint8Array(), right = new Uint8Array()): Promise<ID[]> {
        const ids: ID[] = [];
        let last = left;
        for (const changes of items) {
            last = await this.pen.position(list, last, right);
            ids.push(await this.add(list, [...changes, { field: fields.position, set: last }]));
        }
        return ids;
    }

    /** A new item, called by the dot that makes it. */
    private async add(list: ID, changes: readonly Change[]): Promise<ID> {
        const id = idOfDot(await this.pen.nextDot(list));
        await this.do(list, 0, item(id), changes, true);
        return id;
    }

    shelf(list: ID, changes: readonly Change[]): Promise<void> {
        return this.do(this.pen.device.shelf, 1, item(list), changes);
    }

    async newList(id: ID, name: string, template: boolean): Promise<void> {
        const { user, username } = this.pen.device;
        const owner: Change = { field: fields.role, set: ownerRole };
        await this.edit(id, headKey, [{ field: fields.name, set: name }, { field: fields.createdMilliseconds, set: this.pen.now }]);
        await this.edit(id, { collection: collections.members, id: user }, [owner, { field: fields.memberName, set: username }]);
        const shelved: Change[] = [{ field: fields.name, set: name }, owner];
        await this.shelf(id, template ? [...shelved, { field: fields.template, set: true }] : shelved);
    }
}

/** What takes an operation back, given what its entry showed before; null: there was none. */
function inverse(intent: Intent, before: Fields | null): Intent {
    if (!before) return intent ? null : [];
    if (!intent) return asChanges(before);
    return intent.flatMap((change): Change[] => {
        const { field } = change;
        if ("set" in change) return [{ field, set: before.registers.get(field)?.value ?? null }];
        if ("amount" in change) return [{ field, amount: -change.amount }];
        const counter = before.counters.get(field);
        if (!counter) return [{ field, target: 0 }];
        const { target, acquired } = counter;
        return acquired === 0 ? [{ field, target }] : [{ field, target }, { field, amount: acquired }];
    });
}

export function checked(value: string, what: "name" | "note" | "category" | "unit"): string {
    const trimmed = value.trim();
    if (what === "name" && trimmed === "") throw new ModelError("empty_name", "It needs a name.");
    if (length(trimmed) > limits[what]) throw new ModelError("too_long", `At most ${limits[what]} characters.`);
    return trimmed;
}

/** The changes that a draft or a patch means. */
export function changesOf(patch: ItemPatch & { checked?: boolean; acquired?: number }): Change[] {
    const changes: Change[] = [];
    if (patch.name !== undefined) changes.push({ field: fields.name, set: checked(patch.name, "name") });
    for (const what of ["note", "category", "unit"] as const) {
        const value = patch[what];
        if (value !== undefined && value !== null) changes.push({ field: fields[what], set: checked(value, what) || null });
        else if (value === null) changes.push({ field: fields[what], set: null });
    }
    if (patch.target !== undefined) changes.push({ field: fields.quantity, target: Math.max(0, Math.round(patch.target ?? 0)) });
    if (patch.checked) changes.push({ field: fields.checked, set: true });
    if (patch.target && patch.acquired) changes.push({ field: fields.quantity, amount: Math.round(patch.acquired) });
    return changes;
}

/** Of a new item: it has no traces of what it has not. */
export function changesOfNew(draft: ItemDraft): Change[] {
    return changesOf(Object.fromEntries(Object.entries(draft).filter(([what, value]) => what === "name" || value)));
}

export const counted = (count: number, name: string | undefined): { count: number; name: string } => ({ count, name: name ?? "" });
