// How rows move to a new place: from where they were, not by a jump.
import { useLayoutEffect, useRef } from "react";
import type { RefObject } from "react";

export const reducesMotion = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** `rows` is another array when rows have moved; the row `except` is moved by hand. */
export function useGlide(container: RefObject<HTMLElement>, rows: unknown, except: string | null): void {
    const known = useRef(new Map<string, number>());
    const shown = useRef(rows);
    useLayoutEffect(() => {
        const glides = shown.current !== rows && !reducesMotion();
        const before = known.current;
        known.current = new Map();
        shown.current = rows;
        for (const child of container.current?.children ?? []) {
            const row = child as HTMLElement;
            const key = row.dataset.key;
            if (!key) continue;
            const top = row.offsetTop;
            const from = before.get(key);
            known.current.set(key, top);
            if (!glides || key === except || from === undefined || from === top || Math.abs(from - top) > innerHeight) continue;
            row.animate([{ transform: `translateY(${from - top}px)` }, { transform: "none" }], { duration: 170, easing: "cubic-bezier(.2,.7,.3,1)" });
        }
    });
}
