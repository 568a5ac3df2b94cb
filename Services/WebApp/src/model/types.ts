// What the screen sees of the replica: values, and what can be done with them. The screen imports nothing else of the model.

/** 32 hexadecimal digits. */
export type ID = string;
export type Role = "owner" | "editor" | "viewer";

/** A value that changes: React reads it through `useStore`. `get` gives the same object until something changed. */
export interface Store<Value> {
    get(): Value;
    subscribe(onChange: () => void): () => void;
}

export interface Account {
    user: ID;
    username: string;
    /** False: the session has ended; the lists are here, only syncing waits for a login. */
    signedIn: boolean;
}

export interface Quantity {
    target: number;
    acquired: number;
    /** max(0, target − acquired) */
    remaining: number;
}

/** Two people set one field without having seen each other's value. It ends with the next edit of the item. */
export interface Conflict {
    field: "name" | "note" | "category" | "checked" | "quantity" | "unit";
    /** The value that stands, and the one that does not: text, or for `checked` a truth, for `quantity` a target. */
    standing: ConflictSide;
    other: ConflictSide;
}

export interface ConflictSide {
    value: string | boolean | number | null;
    /** Null: somebody whose name is not known here. */
    by: string | null;
    byMe: boolean;
    atMilliseconds: number;
}

export interface Item {
    id: ID;
    name: string;
    note: string | null;
    category: string | null;
    checked: boolean;
    quantity: Quantity | null;
    unit: string | null;
    updatedMilliseconds: number;
    /** Who edited it last; null: not known here. */
    updatedBy: string | null;
    updatedByMe: boolean;
    conflicts: readonly Conflict[];
    /** An edit of it waits for the server. */
    pending: boolean;
}

export interface Member {
    user: ID;
    name: string;
    role: Role;
    isMe: boolean;
}

export interface Invitation {
    id: ID;
    role: Role;
    expiresMilliseconds: number | null;
}

export interface ListSummary {
    id: ID;
    name: string;
    /** Null: shared with this person, but not arrived on this device yet. */
    role: Role | null;
    itemCount: number;
    openCount: number;
    pinned: boolean;
    archived: boolean;
    template: boolean;
    trashed: boolean;
    /** Members, this person included; 1: private. */
    memberCount: number;
    updatedMilliseconds: number | null;
    /** Operations that wait for the server. */
    pending: number;
    /** Why the server refuses this list's changes, if it does. */
    trouble: "forbidden" | "gone" | "invalid" | null;
}

export interface ListContent {
    id: ID;
    name: string;
    role: Role | null;
    trashed: boolean;
    /** Why the server refuses it, if it does. */
    trouble: ListSummary["trouble"];
    /** In hand order. Objects of items that did not change stay the same objects. */
    items: readonly Item[];
    members: readonly Member[];
    invitations: readonly Invitation[];
    /** Others who have it open now, by name. */
    present: readonly string[];
}

export interface ListDraft {
    name: string;
    template?: boolean;
    items: readonly ItemDraft[];
}

export interface ItemDraft {
    name: string;
    target?: number | null;
    unit?: string | null;
    note?: string | null;
    category?: string | null;
    checked?: boolean;
    /** Of the target. */
    acquired?: number;
}

/** Absent fields stay. A target of null or 0 takes the quantity away. */
export interface ItemPatch {
    name?: string;
    target?: number | null;
    unit?: string | null;
    note?: string | null;
    category?: string | null;
}

export type SyncPolicy = "live" | 5 | 15 | 30 | 60 | 120 | "manual";

export interface SyncStatus {
    /** `synced`: nothing waits. `waiting`: something does, by policy. `unconfirmed`: reached, but two of three copies did not confirm.
     *  `signed-out`: log in to sync. `refused`: the server does not take this app's requests (`problem` says why, as a code). */
    phase: "synced" | "syncing" | "waiting" | "offline" | "unconfirmed" | "signed-out" | "refused";
    /** Operations that are on this device only. */
    pending: number;
    /** When the oldest of them was made. */
    pendingSinceMilliseconds: number | null;
    /** The last time that everything was exchanged. */
    syncedMilliseconds: number | null;
    /** Changes of others arrive by themselves. */
    live: boolean;
    policy: SyncPolicy;
    /** For people, in the server's words. */
    problem: string | null;
    /** Changes that the server will never take, kept for their author to see. */
    setAside: readonly SetAside[];
}

export interface SetAside {
    list: ID;
    listName: string;
    itemName: string | null;
    /** What was meant: fields and their new values. Null: to remove the item. */
    changes: readonly { field: string; to: string | number | boolean | null }[] | null;
    reason: "forbidden" | "gone" | "invalid";
    atMilliseconds: number;
}

export interface StorageStatus {
    /** Whether the browser has promised not to throw the data away; null: it cannot tell. */
    persistent: boolean | null;
    usedBytes: number | null;
    quotaBytes: number | null;
    /** `refused`: nothing is kept beyond this tab. `full`: the last edit was not kept. `blocked`: another version of the app has the data open.
     *  `evicted`: the browser, or another tab, has removed the data. */
    failure: "refused" | "full" | "blocked" | "evicted" | null;
}

/** What somebody else changed, as it arrives. */
export interface RemoteChange {
    list: ID;
    by: string | null;
    items: readonly ID[];
    removed: readonly ID[];
}

/** One thing that can be undone; `kind` and `params` make its words (messages `undo.<kind>`). */
export interface UndoStep {
    id: number;
    kind: "add" | "edit" | "check" | "uncheck" | "take" | "remove" | "move" | "clear" | "resolve"
        | "create" | "rename" | "trash" | "archive" | "pin" | "template";
    params: { count?: number; name?: string };
    list: ID;
}

export interface HistoryChange {
    by: string;
    at: string;
    item: ID | null;
    itemName: string | null;
    field: string;
    from: unknown;
    to: unknown;
}

export interface Suggestion {
    name: string;
    category: string | null;
    unit: string | null;
}

/** `code`: one of the server's, or `offline`, `storage_full`, `storage_refused`, `forbidden`, `empty_name`, `too_long`, `too_many`,
 *  `unknown_account` (it is not on this device any more). */
export class ModelError extends Error {
    constructor(readonly code: string, message: string) {
        super(message);
    }
}

/** The accounts of this browser, kept apart. */
export interface Accounts {
    /** All that were ever used here, the current one first. */
    readonly known: Store<readonly Account[]>;
    /** The one that is open; null: nobody is. */
    readonly current: Store<Model | null>;
    register(username: string, password: string): Promise<void>;
    logIn(username: string, password: string): Promise<void>;
    /** Opens another account of this browser, with no network. */
    open(user: ID): Promise<void>;
    /** Ends the session. What is here stays, unless `forget`. Throws `unsynced` when changes wait and `force` is not set. */
    logOut(options?: { force?: boolean; forget?: boolean }): Promise<void>;
    /** A newer version of the app is installed and takes over when the page is loaded again. */
    readonly updateReady: Store<boolean>;
    reloadIntoUpdate(): void;
}

/** One person's replica on this device. Every command is kept on disk when its promise resolves, network or not. */
export interface Model {
    readonly account: Account;
    /** Pinned first, then as last changed. Archived, trashed and templates among them. */
    readonly lists: Store<readonly ListSummary[]>;
    readonly sync: Store<SyncStatus>;
    readonly storage: Store<StorageStatus>;
    /** Null while it loads; content with role null when the list is not on this device. Being subscribed counts as having it open. */
    list(id: ID): Store<ListContent | null>;
    /** The same as it is now, without having it open. */
    peek(id: ID): ListContent | null;
    onRemoteChange(listener: (change: RemoteChange) => void): () => void;

    createList(name: string, template?: boolean): Promise<ID>;
    /** With their items: all of it or nothing. */
    createLists(lists: readonly ListDraft[]): Promise<readonly ID[]>;
    renameList(list: ID, name: string): Promise<void>;
    setPinned(list: ID, pinned: boolean): Promise<void>;
    setArchived(list: ID, archived: boolean): Promise<void>;
    setTemplate(list: ID, template: boolean): Promise<void>;
    setTrashed(list: ID, trashed: boolean): Promise<void>;
    /** A list of one's own with the same items, unchecked and nothing acquired unless `keepProgress`. */
    duplicateList(list: ID, name: string, options?: { keepProgress?: boolean; template?: boolean }): Promise<ID>;

    /** At the end, or behind `after`. One undo step. */
    addItems(list: ID, drafts: readonly ItemDraft[], after?: ID | null): Promise<readonly ID[]>;
    editItem(list: ID, item: ID, patch: ItemPatch): Promise<void>;
    /** The same for several, as one step. */
    editItems(list: ID, items: readonly ID[], patch: ItemPatch): Promise<void>;
    setChecked(list: ID, items: readonly ID[], checked: boolean): Promise<void>;
    /** Counts `amount` (may be negative) as acquired. */
    take(list: ID, item: ID, amount: number): Promise<void>;
    removeItems(list: ID, items: readonly ID[]): Promise<void>;
    /** Behind `after`, in the order given; null: to the top. With a category they get that too, in the same step. */
    moveItems(list: ID, items: readonly ID[], after: ID | null, category?: string | null): Promise<void>;
    clearCompleted(list: ID): Promise<void>;
    /** Settles a conflict with the value that shall stand. */
    resolveConflict(list: ID, item: ID, field: Conflict["field"], value: string | boolean | number | null): Promise<void>;

    /** The newest step that can be undone; null: none. */
    readonly undoable: Store<UndoStep | null>;
    undo(): Promise<void>;
    readonly redoable: Store<UndoStep | null>;
    redo(): Promise<void>;

    /** What this person and list used before and begins with, or contains, `text`; best first, at most `limit`. */
    suggest(list: ID, text: string, limit: number): readonly Suggestion[];
    /** Categories in use, the list's own first. */
    categories(list: ID): readonly string[];

    syncNow(): Promise<void>;
    setPolicy(policy: SyncPolicy): Promise<void>;
    dismissSetAside(): Promise<void>;
    requestPersistence(): Promise<boolean>;

    // These need the server; they throw ModelError `offline` without it.
    invite(list: ID, role: Role, expiresInSeconds: number): Promise<{ token: string; url: string; expiresAt: string }>;
    revokeInvitation(list: ID, invitation: ID): Promise<void>;
    setRole(list: ID, user: ID, role: Role): Promise<void>;
    removeMember(list: ID, user: ID): Promise<void>;
    leave(list: ID): Promise<void>;
    join(token: string): Promise<ID>;
    /** Newest first, of the whole list or of one item. */
    history(list: ID, options?: { item?: ID; limit?: number }): Promise<readonly HistoryChange[]>;
}
