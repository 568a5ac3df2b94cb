// Which item is being edited. It stays in the list while it is, even when somebody else removes it meanwhile.
import { useMemo, useRef, useState } from "react";
import type { ID, Item } from "../../model/types";

export interface Editing {
    id: ID | null;
    /** Those of the list, and the edited one where it was. */
    items: readonly Item[];
    /** The edited one is not in the list any more. */
    gone: boolean;
    edit(item: Item | null): void;
}

export function useEditing(items: readonly Item[]): Editing {
    const [id, edit] = useState<ID | null>(null);
    const last = useRef<{ item: Item; index: number } | null>(null);
    return useMemo(() => {
        const set = (item: Item | null) => edit(item?.id ?? null);
        const index = id === null ? -1 : items.findIndex((item) => item.id === id);
        if (index >= 0) last.current = { item: items[index], index };
        const gone = id !== null && index < 0 && last.current?.item.id === id;
        if (!gone) return { id: index < 0 ? null : id, items, gone: false, edit: set };
        const withLast = items.slice();
        withLast.splice(last.current!.index, 0, last.current!.item);
        return { id, items: withLast, gone, edit: set };
    }, [id, items]);
}
