// A row that is being dragged, by pointer or by keyboard: where it would come to lie, and the rows as they would be then.
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { categoryAt, dropAt, moved, nearestPlace, places } from "./drop";
import type { Drop } from "./drop";
import type { Item } from "../../model/types";
import { reducesMotion } from "./motion";
import type { Row, View } from "./rows";
import type { ListWindow } from "./useWindow";
import { scrollParent } from "./useWindow";

interface Drag {
    key: string;
    place: number;
    byKeyboard: boolean;
}

/** What moves with the pointer and draws nothing by itself. */
interface Grip {
    /** From the row's top to the pointer. */
    offset: number;
    y: number;
}

export interface Reorder {
    dragged: string | null;
    byKeyboard: boolean;
    /** The rows with the dragged one in its place. */
    rows: readonly Row[];
    attach(window: ListWindow): void;
    begin(key: string, y: number | null): boolean;
    point(y: number): void;
    /** One place up or down; where it is now, or null when there is no further. */
    step(by: 1 | -1): { position: number; of: number; category: string | null | undefined } | null;
    finish(cancelled: boolean): void;
}

const edge = 96;
const speedMax = 16;

export function useReorder(base: readonly Row[], items: readonly Item[], view: View, onDrop: (item: Item, drop: Drop) => Promise<unknown>): Reorder {
    const [drag, setDrag] = useState<Drag | null>(null);
    const grip = useRef<Grip | null>(null);
    const list = useRef<ListWindow | null>(null);
    const from = drag ? base.findIndex((row) => row.key === drag.key) : -1;
    const rows = useMemo(() => (drag && from >= 0 ? moved(base, from, drag.place) : base), [base, from, drag]);
    const now = useRef({ base, rows, items, drag, from, view });
    now.current = { base, rows, items, drag, from, view };

    const show = useCallback(() => {
        const { drag } = now.current;
        const container = list.current?.container.current;
        const element = drag && container?.querySelector<HTMLElement>(`[data-key="${CSS.escape(drag.key)}"]`);
        if (!grip.current || !container || !element) return;
        const top = grip.current.y - grip.current.offset - container.getBoundingClientRect().top;
        element.style.transform = `translateY(${top - element.offsetTop}px)`;
    }, []);
    useLayoutEffect(show);

    const settle = useCallback(() => {
        const { base, drag, from, view } = now.current;
        const window = list.current;
        if (!grip.current || !drag || !window?.container.current || from < 0) return;
        const others = base.filter((row) => row.key !== drag.key);
        const top = grip.current.y - grip.current.offset - window.container.current.getBoundingClientRect().top;
        const place = nearestPlace(others.map(window.height), top, places(base, view));
        if (place === drag.place) show();
        else setDrag({ ...drag, place });
    }, [show]);

    const byPointer = drag !== null && !drag.byKeyboard;
    useEffect(() => {
        const container = list.current?.container.current;
        if (!byPointer || !container) return;
        const scroller = scrollParent(container);
        let frame = requestAnimationFrame(function scroll() {
            const y = grip.current?.y ?? innerHeight / 2;
            const away = Math.min(y, innerHeight - y);
            if (away < edge) {
                scroller.scrollBy(0, Math.sign(y - innerHeight / 2) * speedMax * Math.min(1, (edge - away) / edge));
                settle();
            }
            frame = requestAnimationFrame(scroll);
        });
        return () => cancelAnimationFrame(frame);
    }, [byPointer, settle]);

    const release = (key: string) => {
        const element = list.current?.container.current?.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`);
        const transform = element?.style.transform;
        grip.current = null;
        if (!element || !transform) return;
        element.style.transform = "";
        if (!reducesMotion()) element.animate([{ transform }, { transform: "none" }], { duration: 150, easing: "ease-out" });
    };
    return {
        dragged: drag?.key ?? null, byKeyboard: drag?.byKeyboard ?? false, rows,
        attach: (window) => { list.current = window; },
        begin(key, y) {
            const place = base.findIndex((row) => row.key === key);
            const row = base[place];
            if (row?.kind !== "item" || row.completed) return false;
            const element = list.current?.container.current?.querySelector(`[data-key="${CSS.escape(key)}"]`);
            grip.current = y === null || !element ? null : { y, offset: y - element.getBoundingClientRect().top };
            setDrag({ key, place, byKeyboard: y === null });
            return true;
        },
        point(y) {
            if (!grip.current) return;
            grip.current.y = y;
            settle();
        },
        step(by) {
            if (!drag) return null;
            const [first, last] = places(base, view);
            const place = drag.place + by;
            if (place < first || place > last) return null;
            setDrag({ ...drag, place });
            const after = moved(base, from, place);
            const before = after.slice(0, place).filter((row) => row.kind === "item").length;
            const count = after.filter((row) => row.kind === "item" && !row.completed).length;
            return { position: before + 1, of: count, category: categoryAt(after, place) };
        },
        finish(cancelled) {
            if (!drag) return;
            release(drag.key);
            const row = rows[drag.place];
            if (cancelled || from < 0 || drag.place === from || row?.kind !== "item") setDrag(null);
            else void onDrop(row.item, dropAt(items, rows, drag.place)).finally(() => setDrag(null));
        },
    };
}
