// Holds an item that was just checked (or unchecked) where it lies for a moment, so that nothing moves under the finger.
import { useCallback, useEffect, useReducer, useRef } from "react";
import type { ID, Item } from "../../model/types";

const quietMilliseconds = 1000;
const heldMillisecondsMax = 3000;
/** More at once are no taps: they move at once. */
const heldMax = 30;

/** Says whether an item lies among the completed. The function is another one when items have moved. */
export function usePlacement(items: readonly Item[]): (item: Item) => boolean {
    const placed = useRef(new Map<ID, boolean>());
    const heldSince = useRef<number | null>(null);
    const [moves, move] = useReducer((count: number) => count + 1, 0);

    useEffect(() => {
        let held = 0;
        for (const item of items) {
            const known = placed.current.get(item.id);
            if (known === undefined) placed.current.set(item.id, item.checked);
            else if (known !== item.checked) held++;
        }
        if (held === 0) {
            heldSince.current = null;
            return;
        }
        const now = performance.now();
        heldSince.current ??= now;
        const settle = () => {
            heldSince.current = null;
            for (const item of items) placed.current.set(item.id, item.checked);
            move();
        };
        const wait = held > heldMax ? 0 : Math.max(0, Math.min(quietMilliseconds, heldSince.current + heldMillisecondsMax - now));
        const timer = setTimeout(settle, wait);
        return () => clearTimeout(timer);
    }, [items]);

    return useCallback((item: Item) => placed.current.get(item.id) ?? item.checked, [moves]);
}
