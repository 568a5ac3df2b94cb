// Several items at once: which are selected, and from where a range is meant.
import { useMemo, useState } from "react";
import type { ID } from "../../model/types";
import type { Row } from "./rows";

interface Selected {
    ids: ReadonlySet<ID>;
    /** The one that was selected last. */
    anchor: ID | null;
}

export interface Selection {
    /** Null: nothing is being selected. */
    ids: ReadonlySet<ID> | null;
    begin(): void;
    /** Adds or takes away; with `range`, adds all from the last one to this. */
    toggle(id: ID, range: boolean): void;
    all(): void;
    end(): void;
}

/** Items that are gone are not selected any more. */
export function useSelection(rows: readonly Row[]): Selection {
    const [selected, setSelected] = useState<Selected | null>(null);
    const ids = useMemo(() => {
        if (!selected) return null;
        const shown = new Set(rows.map((row) => row.key));
        return new Set([...selected.ids].filter((id) => shown.has(id)));
    }, [selected, rows]);
    return {
        ids,
        begin: () => setSelected({ ids: new Set(), anchor: null }),
        toggle: (id, range) => setSelected((now) => toggled(rows, now ?? { ids: new Set(), anchor: null }, id, range)),
        all: () => setSelected({ ids: new Set(rows.filter((row) => row.kind === "item").map((row) => row.key)), anchor: null }),
        end: () => setSelected(null),
    };
}

function toggled(rows: readonly Row[], { ids, anchor }: Selected, id: ID, range: boolean): Selected {
    const next = new Set(ids);
    const [from, to] = [anchor, id].map((key) => rows.findIndex((row) => row.key === key));
    if (range && from >= 0) {
        const between = rows.slice(Math.min(from, to), Math.max(from, to) + 1);
        for (const row of between) if (row.kind === "item") next.add(row.key);
    } else if (!next.delete(id)) next.add(id);
    return { ids: next, anchor: id };
}
