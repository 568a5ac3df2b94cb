// Which items others changed in the last seconds, and who did.
import { useEffect, useState } from "react";
import type { ID, Model } from "../../model/types";

const shownMilliseconds = 4000;
/** Many changes a second are shown together. */
const gatherMilliseconds = 120;
const none: ReadonlyMap<ID, string> = new Map();

/** By item, the person's name; empty when it is not known. */
export function useLiveMarks(model: Model, list: ID): ReadonlyMap<ID, string> {
    const [shown, setShown] = useState(none);
    useEffect(() => {
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
            for (const [id, mark] of marks) if (mark.until <= now) marks.delete(id);
            setShown(new Map([...marks].map(([id, mark]) => [id, mark.by])));
            const until = Math.min(...[...marks.values()].map((mark) => mark.until));
            if (marks.size > 0) schedule(until - now + 10);
        };
        const stop = model.onRemoteChange((change) => {
            if (change.list !== list) return;
            const until = performance.now() + shownMilliseconds;
            for (const id of change.items) marks.set(id, { by: change.by ?? "", until });
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
