// Where a dragged row may go, and what its going there means for the list. Pure.
import type { ID, Item } from "../../model/types";
import type { Row, View } from "./rows";

/** The rows with the one at `from` where the others leave room at `to`. */
export function moved(rows: readonly Row[], from: number, to: number): Row[] {
    const result = rows.slice();
    const [row] = result.splice(from, 1);
    result.splice(to, 0, row);
    return result;
}

/** The first and the last place that an open item may take among the other rows. */
export function places(rows: readonly Row[], view: View): [first: number, last: number] {
    const completed = rows.findIndex((row) => row.kind === "completed");
    const open = completed < 0 ? rows.length : completed;
    return [view === "category" && rows[0]?.kind === "group" ? 1 : 0, open - 1];
}

/** The place among the other rows whose top is nearest to `top`. `heights` are those of the others, in order. */
export function nearestPlace(heights: ArrayLike<number>, top: number, [first, last]: [number, number]): number {
    let y = 0;
    let best = first;
    let distance = Infinity;
    for (let place = 0; place <= heights.length && place <= last; place++) {
        const away = Math.abs(y - top);
        if (place >= first && away < distance) [best, distance] = [place, away];
        y += heights[place];
    }
    return best;
}

/** The category that a row has at a place; undefined where there are no categories. */
export function categoryAt(rows: readonly Row[], place: number): string | null | undefined {
    for (let index = place - 1; index >= 0; index--) {
        const row = rows[index];
        if (row.kind === "group") return row.category;
    }
    return undefined;
}

export interface Drop {
    /** The item behind which the dropped one comes, in hand order; null: it comes first. */
    after: ID | null;
    /** Undefined: it keeps its own. */
    category: string | null | undefined;
}

/** What it means that the item at `place` of `rows` was dropped there. */
export function dropAt(items: readonly Item[], rows: readonly Row[], place: number): Drop {
    const dropped = rows[place];
    const category = categoryAt(rows, place);
    const before = rows[place - 1];
    if (before?.kind === "item") return { after: before.key, category };
    const next = rows[place + 1];
    const others = items.filter((item) => item.id !== dropped.key);
    const nextIndex = next?.kind === "item" ? others.findIndex((item) => item.id === next.key) : -1;
    if (nextIndex >= 0) return { after: others[nextIndex - 1]?.id ?? null, category };
    const index = items.findIndex((item) => item.id === dropped.key);
    return { after: items[index - 1]?.id ?? null, category };
}

export const changesCategory = (item: Item, { category }: Drop) => category !== undefined && category !== item.category;
