// What components ask of the browser: its size and preferences, its keys, the time.
import { useEffect, useMemo, useRef } from "react";
import { createStore, useStore } from "./store";

export function useMedia(query: string): boolean {
    const store = useMemo(() => {
        const media = matchMedia(query);
        return {
            get: () => media.matches,
            subscribe(onChange: () => void) {
                media.addEventListener("change", onChange);
                return () => media.removeEventListener("change", onChange);
            },
        };
    }, [query]);
    return useStore(store);
}

/** A hand on a key: "?", "n", "Delete", "mod+z", "mod+shift+z"; mod is Control, and Command on a Mac.
 *  Not while somebody types in a field, nor under an open dialog. */
export function useHotkey(combo: string, handler: (event: KeyboardEvent) => void): void {
    const latest = useRef(handler);
    latest.current = handler;
    useEffect(() => {
        const onKey = (event: KeyboardEvent) => {
            if (event.defaultPrevented || event.isComposing || !isCombo(event, combo)) return;
            if (isTyping(event.target) && !isEmptyFor(combo, event.target)) return;
            if (document.querySelector("dialog[open], .menu")) return;
            event.preventDefault();
            latest.current(event);
        };
        addEventListener("keydown", onKey);
        return () => removeEventListener("keydown", onKey);
    }, [combo]);
}

function isCombo(event: KeyboardEvent, combo: string): boolean {
    const parts = combo.split("+");
    const key = parts.pop()!;
    if (event.key.toLowerCase() !== key.toLowerCase()) return false;
    if (parts.includes("mod") !== (event.ctrlKey || event.metaKey) || event.altKey !== parts.includes("alt")) return false;
    return key === "?" || event.shiftKey === parts.includes("shift");
}

/** The field that items are added in is emptied by that: there is nothing of its own to undo. */
function isEmptyFor(combo: string, target: EventTarget | null): boolean {
    return combo.endsWith("+z") && target instanceof HTMLInputElement && target.value === "" && "add" in target.dataset;
}

export function isTyping(target: EventTarget | null): boolean {
    if (!(target instanceof HTMLElement)) return false;
    if (target instanceof HTMLInputElement) return !["checkbox", "radio", "button", "submit", "range", "file"].includes(target.type);
    return target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}

const minute = createStore(0);
setInterval(() => minute.set(minute.get() + 1), 30_000);

/** Draws again now and then, so that "2 minutes ago" does not stand for an hour. */
export function useMinute(): void {
    useStore(minute);
}
