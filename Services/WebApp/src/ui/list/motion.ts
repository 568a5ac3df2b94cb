// How rows move to a new place: from where they were, not by a jump.
import { useLayoutEffect, useRef } from "react";
import type { Row } from "./rows";
import type { ListWindow } from "./useWindow";

export const reducesMotion = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** The row `except` is moved by hand. The window knows the places: reading them from the page would lay it out once more. */
export function useGlide({ container, segments, tops }: ListWindow, rows: readonly Row[], except: string | null): void {
    const known = useRef(new Map<string, number>());
    const shown = useRef(rows);
    useLayoutEffect(() => {
        const before = known.current;
        const glides: [key: string, distance: number][] = [];
        known.current = new Map();
        for (const segment of segments) {
            if (segment.kind === "spacer") continue;
            for (let index = segment.first; index <= segment.last; index++) {
                const { key } = rows[index];
                const distance = (before.get(key) ?? tops[index]) - tops[index];
                known.current.set(key, tops[index]);
                if (distance !== 0 && Math.abs(distance) < innerHeight && key !== except) glides.push([key, distance]);
            }
        }
        const moved = shown.current !== rows;
        shown.current = rows;
        if (!moved || glides.length === 0 || reducesMotion()) return;
        for (const [key, distance] of glides) {
            container.current?.querySelector(`[data-key="${CSS.escape(key)}"]`)?.animate(
                [{ transform: `translateY(${distance}px)` }, { transform: "none" }], { duration: 170, easing: "cubic-bezier(.2,.7,.3,1)" });
        }
    });
}
