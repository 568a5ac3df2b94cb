// The dialogs of the shell that any screen, menu or key can open; one is open at a time.
import type { ID } from "../model/types";
import { createStore } from "./kit/store";

export type Overlay =
    | { kind: "create"; template?: boolean }
    | { kind: "rename"; list: ID }
    | { kind: "duplicate"; list: ID; as: "copy" | "template" | "list" }
    | { kind: "share"; list: ID }
    /** Of one list, or of everything. */
    | { kind: "export"; list?: ID }
    /** Into the list, if one is named; else the person chooses. */
    | { kind: "import"; list?: ID }
    | { kind: "sync" }
    | { kind: "logout" }
    | { kind: "keys" };

export const overlay = createStore<Overlay | null>(null);

export function showOverlay(shown: Overlay): void {
    overlay.set(shown);
}

export function closeOverlay(): void {
    overlay.set(null);
}
