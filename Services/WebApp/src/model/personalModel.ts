// One person's replica as the screen sees it: commands, each kept on disk when its promise resolves.
import { collections, fields, type Change } from "../core/forms";
import { changesOf, changesOfNew, checked, counted, DeedWriter, disputedFields, item, limits, randomId } from "./deeds";
import { GatewayError, type Gateway } from "./gateway";
import * as habits from "./habits";
import { headKey } from "./pen";
import type { Replica } from "./replica";
import { statuses, text, type HabitRow } from "./rows";
import type { Syncer } from "./syncer";
import {
    ModelError, type Account, type Conflict, type HistoryChange, type ID, type ItemDraft, type ItemPatch, type ListContent, type ListDraft,
    type ListSummary, type Model, type RemoteChange, type Role, type StorageStatus, type Store, type Suggestion, type SyncPolicy, type SyncStatus,
    type UndoStep,
} from "./types";
import { UndoHistory, type Deed } from "./undo";

export class PersonalModel implements Model {
    readonly lists: Store<readonly ListSummary[]>;
    readonly sync: Store<SyncStatus>;
    readonly storage: Store<StorageStatus>;
    readonly undoable: Store<UndoStep | null>;
    readonly redoable: Store<UndoStep | null>;
    private readonly steps = new UndoHistory();
    private hasAsked = false;
    private hasLearnt = false;

    constructor(private readonly replica: Replica, private readonly syncer: Syncer, private readonly gateway: Gateway) {
        this.lists = replica.library.lists;
        this.sync = syncer.status;
        this.storage = replica.storage;
        this.undoable = this.steps.undoable;
        this.redoable = this.steps.redoable;
        this.lists.subscribe(() => (this.hasLearnt = false));
        void this.measureStorage();
    }

    get account(): Account {
        const { user, username } = this.replica.library.device;
        return { user, username, signedIn: this.sync.get().phase !== "signed-out" };
    }

    list(id: ID): Store<ListContent | null> {
        return this.replica.library.content(id);
    }

    peek(id: ID): ListContent | null {
        return this.replica.library.peek(id);
    }

    onRemoteChange(listener: (change: RemoteChange) => void): () => void {
        return this.replica.onRemoteChange(listener);
    }

    // Lists

    async createList(name: string, template = false): Promise<ID> {
        const [id] = await this.createLists([{ name, template, items: [] }]);
        return id!;
    }

    async createLists(drafts: readonly ListDraft[]): Promise<readonly ID[]> {
        if (drafts.some(({ items }) => items.length > limits.items)) throw tooMany();
        const lists = drafts.map((draft) => ({ ...draft, id: randomId(), changes: draft.items.map(changesOfNew) }));
        const ids = lists.map(({ id }) => id);
        const step = { kind: "create", params: { name: drafts.map(({ name }) => name).join(", ") }, list: ids.at(-1) ?? "" } as const;
        await this.perform(step, async (writer) => {
            for (const { id, name, template, items, changes } of lists) {
                await writer.newList(id, checked(name, "name"), template ?? false);
                await writer.addAll(id, changes);
                this.noteHabits(writer, id, items);
            }
            // A list cannot be unmade; taking it back puts it in the trash.
            writer.takeBack = ids.map((id) => ({ document: id, kind: 0, key: headKey, intent: [{ field: fields.trashed, set: true }] }));
        });
        return ids;
    }

    async renameList(list: ID, name: string): Promise<void> {
        this.require(list, "edit");
        const set: Change = { field: fields.name, set: checked(name, "name") };
        await this.perform({ kind: "rename", params: { name }, list }, async (writer) => {
            await writer.edit(list, headKey, [set]);
            if (this.replica.library.onShelf(list)) await writer.shelf(list, [set]);
        });
    }

    setPinned(list: ID, pinned: boolean): Promise<void> {
        return this.onShelf("pin", list, { field: fields.pinned, set: pinned });
    }

    setArchived(list: ID, archived: boolean): Promise<void> {
        return this.onShelf("archive", list, { field: fields.archived, set: archived });
    }

    setTemplate(list: ID, template: boolean): Promise<void> {
        return this.onShelf("template", list, { field: fields.template, set: template });
    }

    private onShelf(kind: UndoStep["kind"], list: ID, change: Change): Promise<void> {
        return this.perform({ kind, params: { name: this.replica.library.name(list) }, list }, (writer) => writer.shelf(list, [change]));
    }

    async setTrashed(list: ID, trashed: boolean): Promise<void> {
        this.require(list, "own");
        const step = { kind: "trash", params: { name: this.replica.library.name(list) }, list } as const;
        await this.perform(step, (writer) => writer.edit(list, headKey, [{ field: fields.trashed, set: trashed }]));
    }

    async duplicateList(list: ID, name: string, options: { keepProgress?: boolean; template?: boolean } = {}): Promise<ID> {
        const items = this.replica.library.items(list).map(({ name, note, category, unit, quantity, checked }): ItemDraft => ({
            name, note, category, unit, target: quantity?.target ?? null,
            ...(options.keepProgress && { checked, acquired: quantity?.acquired ?? 0 }),
        }));
        const [id] = await this.createLists([{ name, template: options.template, items }]);
        return id!;
    }

    // Items

    async addItems(list: ID, drafts: readonly ItemDraft[], after?: ID | null): Promise<readonly ID[]> {
        this.require(list, "edit");
        const { library } = this.replica;
        const items = library.items(list);
        if (items.length + drafts.length > limits.items) throw tooMany();
        const changes = drafts.map(changesOfNew);
        const place = after === undefined ? items.length - 1 : items.findIndex(({ id }) => id === after);
        const between = [items[place], items[place + 1]].map((item) => item ? library.position(list, item.id) : undefined);
        const step = { kind: "add", params: counted(drafts.length, drafts[0]?.name), list } as const;
        return this.perform(step, async (writer) => {
            const ids = await writer.addAll(list, changes, between[0], between[1]);
            this.noteHabits(writer, list, drafts);
            return ids;
        });
    }

    editItem(list: ID, id: ID, patch: ItemPatch): Promise<void> {
        return this.editItems(list, [id], patch);
    }

    async editItems(list: ID, ids: readonly ID[], patch: ItemPatch): Promise<void> {
        this.require(list, "edit");
        const wanted = changesOf(patch);
        const edits = ids.flatMap((id) => {
            const before = this.replica.library.view(list, collections.items, id);
            const changes = wanted.filter((change) => !("set" in change) || (text(before, change.field) ?? "") !== (change.set ?? ""));
            return changes.length > 0 ? [{ id, changes, name: patch.name ?? text(before, fields.name) ?? "" }] : [];
        });
        await this.perform({ kind: "edit", params: counted(edits.length, edits[0]?.name), list }, async (writer) => {
            for (const { id, changes } of edits) await writer.edit(list, item(id), changes);
            if (patch.category || patch.unit) this.noteHabits(writer, list, edits.map(({ name }) => ({ ...patch, name })));
        });
    }

    async setChecked(list: ID, ids: readonly ID[], isChecked: boolean): Promise<void> {
        this.require(list, "edit");
        const { library } = this.replica;
        const all = new Set(ids);
        const changing = library.items(list).filter(({ id, checked }) => all.has(id) && checked !== isChecked);
        const step = { kind: isChecked ? "check" : "uncheck", params: counted(changing.length, changing[0]?.name), list } as const;
        await this.perform(step, async (writer) => {
            for (const { id } of changing) await writer.edit(list, item(id), [{ field: fields.checked, set: isChecked }]);
        });
    }

    async take(list: ID, id: ID, amount: number): Promise<void> {
        this.require(list, "edit");
        const name = text(this.replica.library.view(list, collections.items, id), fields.name) ?? "";
        await this.perform({ kind: "take", params: { count: amount, name }, list }, (writer) =>
            writer.edit(list, item(id), [{ field: fields.quantity, amount }]));
    }

    async removeItems(list: ID, ids: readonly ID[]): Promise<void> {
        await this.remove("remove", list, ids);
    }

    async clearCompleted(list: ID): Promise<void> {
        await this.remove("clear", list, this.replica.library.items(list).filter(({ checked }) => checked).map(({ id }) => id));
    }

    private async remove(kind: "remove" | "clear", list: ID, ids: readonly ID[]): Promise<void> {
        this.require(list, "edit");
        const name = text(this.replica.library.view(list, collections.items, ids[0] ?? ""), fields.name) ?? "";
        await this.perform({ kind, params: counted(ids.length, name), list }, async (writer) => {
            for (const id of ids) await writer.edit(list, item(id), null);
        });
    }

    async moveItems(list: ID, ids: readonly ID[], after: ID | null, category?: string | null): Promise<void> {
        this.require(list, "edit");
        const { library } = this.replica;
        const moving = new Set(ids);
        const rest = library.items(list).filter(({ id }) => !moving.has(id));
        // Behind an item that moves itself: behind the nearest one before it that stays.
        const all = library.items(list);
        let anchor = after;
        for (let before = all.findIndex(({ id }) => id === after) - 1; anchor !== null && moving.has(anchor); before -= 1) {
            anchor = all[before]?.id ?? null;
        }
        const place = anchor === null ? -1 : rest.findIndex(({ id }) => id === anchor);
        const nothing = new Uint8Array();
        let left = place >= 0 ? library.position(list, rest[place]!.id) : nothing;
        const right = rest[place + 1] ? library.position(list, rest[place + 1]!.id) : nothing;
        const name = text(library.view(list, collections.items, ids[0] ?? ""), fields.name) ?? "";
        await this.perform({ kind: "move", params: counted(ids.length, name), list }, async (writer) => {
            for (const id of ids) {
                left = await writer.pen.position(list, left, right);
                await writer.edit(list, item(id), [{ field: fields.position, set: left }, ...changesOf({ category })]);
            }
        });
    }

    async resolveConflict(list: ID, id: ID, field: Conflict["field"], value: string | boolean | number | null): Promise<void> {
        this.require(list, "edit");
        const number = disputedFields[field];
        const change: Change = typeof value === "number" ? { field: number, target: value } : { field: number, set: value };
        const name = text(this.replica.library.view(list, collections.items, id), fields.name) ?? "";
        await this.perform({ kind: "resolve", params: { name }, list }, (writer) => writer.edit(list, item(id), [change]));
    }

    private noteHabits(writer: DeedWriter, list: ID, drafts: readonly ItemDraft[]): void {
        const noted = new Map(writer.habits.map((row) => [row.name, row]));
        const known = (name: string): HabitRow | undefined => noted.get(name) ?? this.replica.habits.get(name);
        writer.habits.push(...habits.note(writer.pen.transaction, known, list, drafts));
    }

    private learn(): void {
        if (!this.hasLearnt) habits.learnFrom(this.replica);
        this.hasLearnt = true;
    }

    suggest(list: ID, typed: string, limit: number): readonly Suggestion[] {
        this.learn();
        return habits.suggest(this.replica, list, typed, limit);
    }

    categories(list: ID): readonly string[] {
        this.learn();
        return habits.categories(this.replica, list);
    }

    // Taking back

    async undo(): Promise<void> {
        await this.steps.undo((deeds) => this.carryOut(deeds));
    }

    async redo(): Promise<void> {
        await this.steps.redo((deeds) => this.carryOut(deeds));
    }

    private async carryOut(deeds: readonly Deed[]): Promise<Deed[]> {
        for (const { document, kind } of deeds) if (kind === 0) this.require(document, "edit");
        return this.write(async (writer) => {
            for (const { document, kind, key, intent } of deeds) await writer.do(document, kind, key, intent);
            return writer.inverse;
        });
    }

    private async perform<Result>(step: Omit<UndoStep, "id">, body: (writer: DeedWriter) => Promise<Result>): Promise<Result> {
        const { result, deeds, noted } = await this.write(async (writer) => {
            const result = await body(writer);
            return { result, deeds: writer.takeBack ?? writer.inverse, noted: writer.habits };
        });
        for (const habit of noted) this.replica.habits.set(habit.name, habit);
        // Something is worth keeping now. Browsers ask, or decide by themselves; once is enough.
        if (this.storage.get().persistent === false && !this.hasAsked) void this.requestPersistence();
        this.steps.add(step, deeds);
        return result;
    }

    private write<Result>(body: (writer: DeedWriter) => Promise<Result>): Promise<Result> {
        return this.replica.write((pen) => body(new DeedWriter(pen)));
    }

    private require(list: ID, what: "edit" | "own"): void {
        const { library } = this.replica;
        const role = library.role(list);
        const isRefused = library.row(list)?.trouble === statuses.forbidden;
        const isAllowed = !isRefused && (what === "own" ? role === "owner" : role === "owner" || role === "editor");
        if (!isAllowed) throw new ModelError("forbidden", `“${library.name(list)}” may not be changed here.`);
    }

    // Sync and storage

    async syncNow(): Promise<void> {
        this.syncer.syncNow();
    }

    setPolicy(policy: SyncPolicy): Promise<void> {
        return this.syncer.setPolicy(policy);
    }

    dismissSetAside(): Promise<void> {
        return this.syncer.forgetSetAside();
    }

    async requestPersistence(): Promise<boolean> {
        this.hasAsked = true;
        const isGranted = await navigator.storage?.persist?.() ?? false;
        await this.measureStorage();
        return isGranted;
    }

    private async measureStorage(): Promise<void> {
        const { storage } = navigator;
        const [persistent, estimate] = await Promise.all([storage?.persisted?.() ?? null, storage?.estimate?.() ?? null]).catch(() => [null, null]);
        const cell = this.replica.storage;
        cell.set({ ...cell.get(), persistent, usedBytes: estimate?.usage ?? null, quotaBytes: estimate?.quota ?? null });
    }

    // With the server

    async invite(list: ID, role: Role, expiresInSeconds: number): Promise<{ token: string; url: string; expiresAt: string }> {
        await this.deliver(list);
        const answer = await this.gateway.json<{ token: string; expiresAt: string }>(
            "POST", `/v1/lists/${list}/invitations`, { role, expiresInSeconds });
        this.syncer.syncNow();
        return { ...answer, url: `${location.origin}/join/${answer.token}` };
    }

    async revokeInvitation(list: ID, invitation: ID): Promise<void> {
        await this.removeMember(list, invitation);
    }

    async setRole(list: ID, user: ID, role: Role): Promise<void> {
        await this.gateway.json("PUT", `/v1/lists/${list}/members/${user}`, { role });
        this.syncer.syncNow();
    }

    async removeMember(list: ID, user: ID): Promise<void> {
        await this.gateway.json("DELETE", `/v1/lists/${list}/members/${user}`);
        this.syncer.syncNow();
    }

    async leave(list: ID): Promise<void> {
        await this.deliver(list);
        await this.removeMember(list, this.account.user);
    }

    async join(token: string): Promise<ID> {
        const { id } = await this.gateway.json<{ id: ID }>("POST", `/v1/invitations/${encodeURIComponent(token)}`);
        this.syncer.syncNow();
        return id;
    }

    async history(list: ID, options: { item?: ID; limit?: number } = {}): Promise<readonly HistoryChange[]> {
        const path = `/v1/lists/${list}/history?limit=${options.limit ?? 200}${options.item ? `&item=${options.item}` : ""}`;
        type Told = Omit<HistoryChange, "itemName" | "item"> & { item: { id: ID; name: string } | null };
        const { changes } = await this.gateway.json<{ changes: Told[] }>("GET", path);
        return changes.map((change) => ({ ...change, item: change.item?.id ?? null, itemName: change.item?.name ?? null }));
    }

    /** What the server is asked about a list it should have first. */
    private async deliver(list: ID): Promise<void> {
        if (!this.replica.library.hasPending(list)) return;
        await this.syncer.deliver(list);
        if (this.replica.library.hasPending(list)) throw new GatewayError(0, "offline", "The list has not reached the server yet.");
    }
}

const tooMany = (): ModelError => new ModelError("too_many", `A list has at most ${limits.items} items.`);
