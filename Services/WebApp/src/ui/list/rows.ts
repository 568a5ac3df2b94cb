// What the list shows from top to bottom, from its items and how the person looks at them. Pure.
import type { ID, Item } from "../../model/types";

export type View = "category" | "hand";

export type Row =
    | { kind: "item"; key: ID; item: Item; category: string | null; completed: boolean }
    | { kind: "group"; key: string; category: string | null; count: number }
    | { kind: "completed"; key: "completed"; count: number };

export interface Look {
    view: View;
    filter: string;
    /** Whether the completed are shown. */
    expanded: boolean;
    /** Where an item lies, for those that have not moved to their new place yet. */
    isPlacedCompleted(item: Item): boolean;
    /** One that is shown in any case, as the one being edited. */
    kept: ID | null;
    /** Orders the categories. */
    compare(a: string, b: string): number;
}

export function buildRows(items: readonly Item[], look: Look): Row[] {
    const words = fold(look.filter);
    const shown = words === "" ? items : items.filter((item) => item.id === look.kept || foldedText(item).includes(words));
    const open: Item[] = [];
    const completed: Item[] = [];
    for (const item of shown) (look.isPlacedCompleted(item) ? completed : open).push(item);
    const rows = look.view === "category" ? grouped(open, look) : open.map((item) => itemRow(item, false));
    if (completed.length === 0) return rows;
    rows.push({ kind: "completed", key: "completed", count: completed.length });
    completed.sort((a, b) => b.updatedMilliseconds - a.updatedMilliseconds);
    for (const item of completed) if (look.expanded || words !== "" || item.id === look.kept) rows.push(itemRow(item, true));
    return rows;
}

function grouped(items: readonly Item[], look: Look): Row[] {
    const groups = new Map<string | null, Item[]>();
    for (const item of items) {
        const group = groups.get(item.category);
        if (group) group.push(item);
        else groups.set(item.category, [item]);
    }
    const sorted = [...groups].sort(([a], [b]) => a === null ? 1 : b === null ? -1 : look.compare(a, b));
    const onlyOthers = sorted.length === 1 && sorted[0][0] === null;
    return sorted.flatMap(([category, members]) => {
        const rows = members.map((item) => itemRow(item, false));
        return onlyOthers ? rows : [{ kind: "group", key: groupKey(category), category, count: members.length } as Row, ...rows];
    });
}

/** Never an item's id, and never another category's. */
export const groupKey = (category: string | null) => category === null ? "others" : `group ${category}`;

function itemRow(item: Item, completed: boolean): Row {
    return { kind: "item", key: item.id, item, category: item.category, completed };
}

const folded = new WeakMap<Item, string>();

function foldedText(item: Item): string {
    let text = folded.get(item);
    if (text === undefined) {
        text = fold([item.name, item.note, item.category].join("\n"));
        folded.set(item, text);
    }
    return text;
}

/** Without case and accents: "acucar" finds "Açúcar". */
export function fold(text: string): string {
    return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().trim();
}
