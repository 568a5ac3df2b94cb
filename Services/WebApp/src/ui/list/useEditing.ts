// Which item is being edited. It stays in the list while it is, even when somebody else removes it meanwhile.
import { useMemo, useRef, useState } from "react";
import type { ID, Item } from "../../model/types";
import type { Typed } from "./itemDraft";

export interface Editing {
    id: ID | null;
    /** Those of the list, and the edited one where it was. */
    items: readonly Item[];
    /** The edited one is not in the list any more. */
    gone: boolean;
    /** What was typed before, and could not be kept. */
    typed: Typed;
    edit(item: Item | null, typed?: Typed): void;
}

export function useEditing(items: readonly Item[]): Editing {
    const [{ id, typed }, edit] = useState<{ id: ID | null; typed: Typed }>({ id: null, typed: {} });
    const last = useRef<{ item: Item; index: number } | null>(null);
    return useMemo(() => {
        const set = (item: Item | null, typed: Typed = {}) => edit({ id: item?.id ?? null, typed });
        const index = id === null ? -1 : items.findIndex((item) => item.id === id);
        if (index >= 0) last.current = { item: items[index], index };
        const gone = id !== null && index < 0 && last.current?.item.id === id;
        if (!gone) return { id: index < 0 ? null : id, items, gone: false, typed, edit: set };
        const withLast = items.slice();
        withLast.splice(last.current!.index, 0, last.current!.item);
        return { id, items: withLast, gone, typed, edit: set };
    }, [id, typed, items]);
}
