// One row at a time can be reached by Tab; arrows go from row to row, and focus survives rows that move or go away.
import { useCallback, useLayoutEffect, useRef, useState } from "react";
import type { FocusEvent, RefObject } from "react";
import type { Row } from "./rows";

/** What in a row takes the focus: a control's `data-col`. */
export type Column = "check" | "name" | "minus" | "plus" | "handle";

export interface RowFocus {
    /** The key of the row that Tab reaches. */
    current: string | null;
    onFocus(event: FocusEvent): void;
    onBlur(event: FocusEvent): void;
    /** From where the focus is, over what cannot have it. */
    step(by: number): void;
    focus(index: number, column?: string): void;
}

export const canFocus = (row: Row | undefined) => row !== undefined && row.kind !== "group";

export function useRowFocus(container: RefObject<HTMLElement>, rows: readonly Row[]): RowFocus {
    const [current, setCurrent] = useState<string | null>(null);
    const place = useRef<{ key: string; index: number; column: string } | null>(null);
    const wanted = useRef(false);
    /** The row is not in the page yet. */
    const awaited = useRef(false);

    const shown = rows.find((row) => row.key === current) ? current : rows.find(canFocus)?.key ?? null;
    const focus = useCallback((index: number, column = place.current?.column ?? "check") => {
        const row = rows[index];
        if (!row) return;
        place.current = { key: row.key, index, column };
        wanted.current = true;
        setCurrent(row.key);
        awaited.current = !focusIn(container.current, row.key, column);
    }, [container, rows]);

    useLayoutEffect(() => {
        const list = container.current;
        if (!place.current || !wanted.current || !list) return;
        if (awaited.current) awaited.current = !focusIn(list, place.current.key, place.current.column);
        if (list.contains(document.activeElement)) return;
        if (document.activeElement !== document.body && document.activeElement !== null) {
            wanted.current = false;
            return;
        }
        const { key, index, column } = place.current;
        if (focusIn(list, key, column)) return;
        const near = [...rows.keys()].filter((at) => canFocus(rows[at])).sort((a, b) => Math.abs(a - index) - Math.abs(b - index))[0];
        if (near !== undefined && !rows.some((row) => row.key === key)) focus(near, column);
    });

    return {
        current: shown, focus,
        onFocus(event) {
            const target = event.target as HTMLElement;
            const key = target.closest<HTMLElement>("[data-key]")?.dataset.key;
            if (!key) return;
            const column = target.closest<HTMLElement>("[data-col]")?.dataset.col ?? "name";
            place.current = { key, index: rows.findIndex((row) => row.key === key), column };
            wanted.current = true;
            setCurrent(key);
        },
        onBlur(event) {
            if (event.target.isConnected && document.hasFocus()) wanted.current = event.relatedTarget === null && wanted.current;
        },
        step(by) {
            const wanted = Math.max(0, Math.min(rows.length - 1, rows.findIndex((row) => row.key === shown) + by));
            for (const direction of [Math.sign(by), -Math.sign(by)]) {
                let index = wanted;
                while (rows[index] && !canFocus(rows[index])) index += direction;
                if (rows[index]) return focus(index);
            }
        },
    };
}

function focusIn(list: HTMLElement | null, key: string, column: string): boolean {
    const row = list?.querySelector(`[data-key="${CSS.escape(key)}"]`);
    const control = row?.querySelector<HTMLElement>(`[data-col="${column}"]:not(:disabled)`)
        ?? row?.querySelector<HTMLElement>("[data-col]:not(:disabled), input");
    control?.focus();
    return control != null;
}
