// Fingers and pens on rows: a swipe checks or removes, a long press selects or, moved on, drags; and any pointer drags a handle.
import { useEffect, useRef } from "react";
import type { RefObject } from "react";
import { RowGestures } from "./gestures";
import type { GestureHandlers } from "./gestures";

export function useGestures(container: RefObject<HTMLElement>, handlers: GestureHandlers): void {
    const latest = useRef(handlers);
    latest.current = handlers;
    useEffect(() => {
        if (!container.current) return;
        const gestures = new RowGestures(container.current, () => latest.current);
        return () => gestures.stop();
    }, [container]);
}
