// Which items others changed in the last seconds, and who did. What they removed has no row to mark: a toast tells of it.
import { useEffect, useRef, useState } from "react";
import { plural, t } from "../../i18n/i18n";
import type { ID, Item, ListContent, Model } from "../../model/types";
import { toast } from "../kit";
import { cut } from "./words";

const shownMilliseconds = 4000;
/** Many changes a second are shown together. */
const gatherMilliseconds = 120;
const none: ReadonlyMap<ID, string> = new Map();

/** By item, the person's name; empty when it is not known. */
export function useLiveMarks(model: Model, { id: list, items }: ListContent): ReadonlyMap<ID, string> {
    const [shown, setShown] = useState(none);
    const drawn = useRef({ items, before: items });
    if (drawn.current.items !== items) drawn.current = { items, before: drawn.current.items };
    useEffect(() => {
        const removed = new Map<ID, { item: Item; by: string }>();
        let there: { items: readonly Item[]; ids: ReadonlySet<ID> } = { items: [], ids: new Set() };
        const marks = new Map<ID, { by: string; until: number }>();
        let timer: ReturnType<typeof setTimeout> | undefined;
        let due = Infinity;
        const schedule = (wait: number) => {
            const at = performance.now() + wait;
            if (at >= due) return;
            due = at;
            clearTimeout(timer);
            timer = setTimeout(refresh, wait);
        };
        const refresh = () => {
            due = Infinity;
            const now = performance.now();
            tellRemoved(removed);
            for (const [id, mark] of marks) if (mark.until <= now) marks.delete(id);
            setShown(new Map([...marks].map(([id, mark]) => [id, mark.by])));
            const until = Math.min(...[...marks.values()].map((mark) => mark.until));
            if (marks.size > 0) schedule(until - now + 10);
        };
        const stop = model.onRemoteChange((change) => {
            if (change.list !== list) return;
            const until = performance.now() + shownMilliseconds;
            for (const id of change.items) marks.set(id, { by: change.by ?? "", until });
            const { items, before } = drawn.current;
            const now = model.list(list).get()?.items ?? [];
            if (there.items !== now) there = { items: now, ids: new Set(now.map(({ id }) => id)) };
            for (const id of change.items.filter((id) => !there.ids.has(id))) {
                const item = items.find((item) => item.id === id) ?? before.find((item) => item.id === id);
                if (item && change.by) removed.set(id, { item, by: change.by });
            }
            schedule(gatherMilliseconds);
        });
        return () => {
            stop();
            clearTimeout(timer);
            setShown(none);
        };
    }, [model, list]);
    return shown;
}

function tellRemoved(removed: Map<ID, { item: Item; by: string }>): void {
    const all = [...removed.values()];
    removed.clear();
    for (const by of new Set(all.map((each) => each.by))) {
        const theirs = all.filter((each) => each.by === by);
        const what = theirs.length === 1 ? cut(theirs[0].item.name) : plural("items", theirs.length);
        toast({ text: `${by}: ${t("undo.remove", { what })}`, key: `removed by ${by}` });
    }
}
