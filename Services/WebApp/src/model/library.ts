// What the replica shows, kept in memory: every document's entries in words, and the lists, items and members made of them.
import { toHex } from "../core/bytes";
import { collections, fields, keyText } from "../core/forms";
import {
    bytes, integer, statuses, text, truth, type ClashSide, type DeviceRow, type DocumentRow, type EntryView,
} from "./rows";
import { Cell } from "./stores";
import type { Conflict, ConflictSide, Invitation, Item, ListContent, ListSummary, Member, Role, Store } from "./types";

const headText = keyText({ collection: collections.head, id: "0".repeat(32) });
const roles: Record<number, Role> = { 1: "owner", 2: "editor", 3: "viewer" };
const troubles: Record<number, ListSummary["trouble"]> = {
    [statuses.forbidden]: "forbidden", [statuses.gone]: "gone", [statuses.invalid]: "invalid",
};

/** What is read of one document to show it anew. */
export interface Reading {
    row: DocumentRow;
    /** Those that changed, by `keyText`; null: gone. */
    entries: (readonly [string, EntryView | null])[];
    /** How many operations wait, on which entries more or fewer than before, and since when. */
    pending: number;
    pendingSince: number | null;
    waiting: Iterable<readonly [string, number]>;
}

class Shown {
    readonly views = new Map<string, EntryView>();
    /** How many operations wait on an entry. */
    readonly waiting = new Map<string, number>();
    pending = 0;
    pendingSince: number | null = null;
    /** Made when they are first shown, and kept while nothing of them changes. */
    readonly items = new Map<string, Item>();
    private order: string[] | null = null;

    constructor(public row: DocumentRow) {}

    take(reading: Reading): void {
        this.row = reading.row;
        for (const [key, view] of reading.entries) {
            const before = this.views.get(key);
            if (!view || !before || positionOf(view) !== positionOf(before)) this.order = null;
            if (view) this.views.set(key, view);
            else this.views.delete(key);
            this.items.delete(key.slice(1));
        }
        for (const [key, more] of reading.waiting) {
            const count = (this.waiting.get(key) ?? 0) + more;
            if (count > 0) this.waiting.set(key, count);
            else this.waiting.delete(key);
            this.items.delete(key.slice(1));
        }
        this.pending = reading.pending;
        this.pendingSince = reading.pendingSince;
    }

    /** Ids of the items in hand order: by position, then by id. */
    get ordered(): readonly string[] {
        if (!this.order) {
            const keyed = [...this.in(collections.items)].map(([id, view]) => [positionOf(view), id] as const);
            keyed.sort(([left, a], [right, b]) => left < right || left === right && a < b ? -1 : 1);
            this.order = keyed.map(([, id]) => id);
        }
        return this.order;
    }

    *in(collection: number): Generator<readonly [string, EntryView]> {
        for (const [key, view] of this.views) if (key.startsWith(String(collection)) && key.length === 33) yield [key.slice(1), view];
    }
}

const troubleOf = (shown: Shown | undefined): ListSummary["trouble"] => troubles[shown?.row.trouble ?? 0] ?? null;
const positionOf = (view: EntryView): string => toHex(bytes(view, fields.position));

export class Library {
    readonly lists = new Cell<readonly ListSummary[]>([]);
    /** Lists that something on this page shows. */
    readonly open = new Set<string>();
    private readonly documents = new Map<string, Shown>();
    private readonly contents = new Map<string, Cell<ListContent | null>>();
    private readonly summaries = new Map<string, ListSummary>();
    private readonly present = new Map<string, readonly string[]>();
    private people: ReadonlyMap<string, string> = new Map();
    private isLoaded = false;

    constructor(public device: DeviceRow, private readonly onOpen: () => void) {}

    // What is known

    get ids(): string[] {
        return [...this.documents.keys()];
    }

    row(id: string): DocumentRow | undefined {
        return this.documents.get(id)?.row;
    }

    view(document: string, collection: number, id: string): EntryView | undefined {
        return this.documents.get(document)?.views.get(keyText({ collection, id }));
    }

    onShelf(list: string): EntryView | undefined {
        return this.view(this.device.shelf, collections.items, list);
    }

    /** The lists that the person's shelf names. */
    get shelved(): string[] {
        return this.ids.filter((id) => this.onShelf(id) !== undefined);
    }

    name(list: string): string {
        const head = this.documents.get(list)?.views.get(headText);
        return text(head, fields.name) ?? text(this.onShelf(list), fields.name) ?? "";
    }

    role(list: string): Role | null {
        return roles[integer(this.view(list, collections.members, this.device.user), fields.role) ?? 0] ?? null;
    }

    items(list: string): readonly Item[] {
        const shown = this.documents.get(list);
        return shown ? shown.ordered.map((id) => this.item(shown, id)) : [];
    }

    position(list: string, item: string): Uint8Array {
        return bytes(this.view(list, collections.items, item), fields.position);
    }

    hasPending(id: string): boolean {
        return (this.documents.get(id)?.pending ?? 0) > 0;
    }

    get pending(): { count: number; since: number | null } {
        let [count, since] = [0, null as number | null];
        for (const shown of this.documents.values()) {
            count += shown.pending;
            if (shown.pendingSince !== null) since = Math.min(since ?? Infinity, shown.pendingSince);
        }
        return { count, since };
    }

    username(replica: string): string | null {
        return replica === this.device.replica ? this.device.username : this.people.get(replica) ?? null;
    }

    peek(id: string): ListContent | null {
        return this.isLoaded ? this.makeContent(id) : null;
    }

    content(id: string): Store<ListContent | null> {
        let cell = this.contents.get(id);
        if (!cell) {
            cell = new Cell(this.isLoaded ? this.makeContent(id) : null, (isFollowed) => {
                if (isFollowed) this.open.add(id);
                else this.open.delete(id);
                this.onOpen();
            });
            this.contents.set(id, cell);
        }
        return cell;
    }

    // What changes

    forget(): void {
        this.documents.clear();
        this.summaries.clear();
    }

    take(device: DeviceRow, people: ReadonlyMap<string, string> | null, readings: readonly Reading[]): void {
        const isRenewed = device.replica !== this.device.replica || people !== null;
        this.device = device;
        if (people) this.people = people;
        this.isLoaded = true;
        for (const reading of readings) {
            const shown = this.documents.get(reading.row.id) ?? new Shown(reading.row);
            this.documents.set(reading.row.id, shown);
            shown.take(reading);
        }
        const changed = new Set(readings.map(({ row }) => row.id));
        if (isRenewed) for (const shown of this.documents.values()) shown.items.clear();
        for (const [id, cell] of this.contents) {
            if (isRenewed || changed.has(id) || changed.has(device.shelf)) cell.set(this.makeContent(id));
        }
        this.summarise(changed.has(device.shelf) ? this.ids : [...changed]);
    }

    /** Lists that somebody else has open. */
    get visited(): readonly [string, readonly string[]][] {
        return [...this.present];
    }

    setPresent(list: string, names: readonly string[]): void {
        if (names.length > 0) this.present.set(list, names);
        else this.present.delete(list);
        const cell = this.contents.get(list);
        const content = cell?.get();
        if (content) cell!.set({ ...content, present: names });
    }

    private summarise(ids: readonly string[]): void {
        for (const id of ids) {
            const summary = this.makeSummary(id);
            if (summary) this.summaries.set(id, summary);
            else this.summaries.delete(id);
        }
        const all = [...this.summaries.values()].sort((left, right) =>
            Number(right.pinned) - Number(left.pinned) || (right.updatedMilliseconds ?? 0) - (left.updatedMilliseconds ?? 0)
            || left.name.localeCompare(right.name));
        this.lists.set(all);
    }

    private makeSummary(id: string): ListSummary | null {
        const shown = this.documents.get(id);
        const shelf = this.onShelf(id);
        if (!shown || shown.row.kind !== 0 || !shelf && shown.pending === 0) return null;
        const head = shown.views.get(headText);
        let [itemCount, openCount, memberCount, updated] = [0, 0, 0, head?.updated ?? 0];
        for (const [, view] of shown.in(collections.items)) {
            itemCount += 1;
            if (!truth(view, fields.checked)) openCount += 1;
            updated = Math.max(updated, view.updated);
        }
        for (const [, view] of shown.in(collections.members)) if (integer(view, fields.role) !== null) memberCount += 1;
        return {
            id, name: this.name(id), role: this.role(id), itemCount, openCount, memberCount, pinned: truth(shelf, fields.pinned),
            archived: truth(shelf, fields.archived), template: truth(shelf, fields.template), trashed: truth(head, fields.trashed),
            updatedMilliseconds: updated || null, pending: shown.pending, trouble: troubleOf(shown),
        };
    }

    private makeContent(id: string): ListContent {
        const shown = this.documents.get(id);
        const members: Member[] = [];
        const invitations: Invitation[] = [];
        for (const [user, view] of shown?.in(collections.members) ?? []) {
            const role = roles[integer(view, fields.role) ?? 0];
            const invited = roles[integer(view, fields.invitationRole) ?? 0];
            if (role) members.push({ user, role, name: text(view, fields.memberName) ?? "", isMe: user === this.device.user });
            if (invited) invitations.push({ id: user, role: invited, expiresMilliseconds: integer(view, fields.expiresMilliseconds) });
        }
        members.sort((left, right) => left.name.localeCompare(right.name));
        return {
            id, name: this.name(id), role: this.role(id), trashed: truth(shown?.views.get(headText), fields.trashed),
            trouble: troubleOf(shown), items: this.items(id), members, invitations, present: this.present.get(id) ?? [],
        };
    }

    private item(shown: Shown, id: string): Item {
        let item = shown.items.get(id);
        if (!item) {
            item = this.makeItem(id, shown.views.get(keyText({ collection: collections.items, id }))!, shown);
            shown.items.set(id, item);
        }
        return item;
    }

    private makeItem(id: string, view: EntryView, shown: Shown): Item {
        const counter = view.fields.counters.get(fields.quantity);
        const quantity = counter && counter.target > 0
            ? { target: counter.target, acquired: counter.acquired, remaining: Math.max(0, counter.target - counter.acquired) } : null;
        const side = ({ value, by, at }: ClashSide): ConflictSide =>
            ({ value, by: this.username(by), byMe: this.username(by) === this.device.username, atMilliseconds: at });
        const conflicts = view.clashes.map((clash): Conflict => ({ field: clash.field, standing: side(clash.standing), other: side(clash.other) }));
        const updatedBy = this.username(view.updatedBy);
        return {
            id, name: text(view, fields.name) ?? "", note: text(view, fields.note) || null, category: text(view, fields.category) || null,
            checked: truth(view, fields.checked), quantity, unit: text(view, fields.unit) || null, updatedMilliseconds: view.updated, updatedBy,
            updatedByMe: updatedBy === this.device.username, conflicts, pending: shown.waiting.has(keyText({ collection: collections.items, id })),
        };
    }
}
