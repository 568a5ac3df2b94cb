// Keeps only the rows near the viewport in the page. It scrolls with whatever scrolls around it.
import { useCallback, useLayoutEffect, useMemo, useReducer, useRef, useState } from "react";
import type { RefObject } from "react";
import { flushSync } from "react-dom";
import { reducesMotion } from "./motion";
import type { Row } from "./rows";
import { Heights, rowAt, segments, tops } from "./windowing";
import type { Segment } from "./windowing";

const beyond = 900;
const slack = 350;

export interface ListWindow {
    container: RefObject<HTMLDivElement>;
    segments: readonly Segment[];
    /** Of each row, and the bottom of the last. */
    tops: Float64Array;
    height(row: Row): number;
    /** Scrolls until the row is about in the middle, unless it can be seen. */
    reveal(index: number): void;
}

/** As high as CSS makes them; what was measured replaces it. */
function estimate(row: Row): number {
    if (row.kind !== "item") return row.kind === "group" ? 44 : 60;
    return row.item.note === null ? 56 : 74;
}

/** `kept`: keys of rows that stay in the page wherever it is scrolled. */
export function useWindow(container: RefObject<HTMLDivElement>, rows: readonly Row[], kept: readonly (string | null)[]): ListWindow {
    const [heights] = useState(() => new Heights());
    const [measured, remeasure] = useReducer((count: number) => count + 1, 0);
    const [band, setBand] = useState({ top: 0, bottom: 1200 });
    const latestBand = useRef(band);

    const height = useCallback((row: Row) => heights.get(row.key) ?? estimate(row), [heights]);
    const rowTops = useMemo(() => tops(rows.map(height)), [rows, height, measured]);

    const follow = useCallback((synchronously: boolean) => {
        const list = container.current;
        if (!list) return;
        const top = -list.getBoundingClientRect().top;
        const bottom = top + innerHeight;
        const known = latestBand.current;
        const covers = top - slack >= Math.max(known.top, -slack) && bottom + slack <= known.bottom;
        if (covers && known.bottom - known.top < 3 * (innerHeight + beyond)) return;
        latestBand.current = { top: Math.max(-slack, top - beyond), bottom: bottom + beyond };
        const update = () => setBand(latestBand.current);
        if (synchronously) flushSync(update);
        else update();
    }, [container]);

    useLayoutEffect(() => {
        follow(false);
        const onScroll = () => follow(true);
        addEventListener("scroll", onScroll, { capture: true, passive: true });
        addEventListener("resize", onScroll);
        return () => {
            removeEventListener("scroll", onScroll, { capture: true });
            removeEventListener("resize", onScroll);
        };
    }, [follow]);

    useMeasuring(container, heights, remeasure, follow);

    const reveal = useCallback((index: number) => {
        const list = container.current;
        if (!list || index < 0) return;
        const y = list.getBoundingClientRect().top + rowTops[index];
        if (y > 140 && y < innerHeight - 180) return;
        const scroller = scrollParent(list);
        scroller.scrollBy({ top: y - innerHeight / 2, behavior: Math.abs(y) < 3000 && !reducesMotion() ? "smooth" : "auto" });
    }, [container, rowTops]);

    const keptIndexes = kept.map((key) => key === null ? -1 : rows.findIndex((row) => row.key === key));
    const inPage = segments(rowTops, rowAt(rowTops, band.top), rowAt(rowTops, band.bottom), keptIndexes);
    return { container, segments: inPage, tops: rowTops, height, reveal };
}

/** Notes the heights of the rows in the page; another width makes all of them unknown again. */
function useMeasuring(container: RefObject<HTMLDivElement>, heights: Heights, remeasure: () => void, follow: (synchronously: boolean) => void) {
    const observer = useRef<ResizeObserver>();
    const observed = useRef(new WeakSet<Element>());
    const width = useRef(0);
    useLayoutEffect(() => {
        const list = container.current;
        if (!list) return;
        const watching = new ResizeObserver((entries) => {
            let isNews = false;
            for (const { target, borderBoxSize: [box] } of entries) {
                if (target === list) {
                    if (width.current !== 0 && Math.abs(width.current - box.inlineSize) > 1) heights.clear();
                    width.current = box.inlineSize;
                } else if (target.isConnected) {
                    isNews = heights.set((target as HTMLElement).dataset.key ?? "", box.blockSize) || isNews;
                } else {
                    watching.unobserve(target);
                    observed.current.delete(target);
                }
            }
            if (isNews) remeasure();
            follow(false);
        });
        observer.current = watching;
        observed.current = new WeakSet();
        watching.observe(list);
        return () => watching.disconnect();
    }, [container, heights, remeasure, follow]);
    useLayoutEffect(() => {
        for (const child of container.current?.children ?? []) {
            if (!(child as HTMLElement).dataset.key || observed.current.has(child)) continue;
            observed.current.add(child);
            observer.current?.observe(child);
        }
    });
}

export function scrollParent(element: HTMLElement): Element {
    for (let parent = element.parentElement; parent; parent = parent.parentElement) {
        if (/auto|scroll/.test(getComputedStyle(parent).overflowY) && parent !== document.body) return parent;
    }
    return document.scrollingElement ?? document.documentElement;
}

