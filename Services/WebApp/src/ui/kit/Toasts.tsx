// Words that come and go: toasts, which may carry one action, and announcements that only a screen reader hears.
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { t } from "../../i18n/i18n";
import { Button, IconButton } from "./Button";
import { Icon } from "./Icon";
import { createStore, useStore } from "./store";

export interface Toast {
    text: string;
    action?: { label: string; onSelect: () => void };
    kind?: "info" | "error";
    /** A later toast of the same key takes the place of this one. */
    key?: string;
    /** Until it is closed. */
    stays?: boolean;
}

type Shown = Toast & { id: number };

const stayMilliseconds = 8_000;
const shownAtMost = 3;
const shown = createStore<readonly Shown[]>([]);
const said = createStore("");
let lastID = 0;

/** Shows it; the function takes it away again. */
export function toast(toast: Toast): () => void {
    const id = ++lastID;
    const others = shown.get().filter((other) => !toast.key || other.key !== toast.key);
    shown.set([...others, { ...toast, id }].slice(-shownAtMost));
    return () => dismiss(id);
}

function dismiss(id: number): void {
    shown.set(shown.get().filter((toast) => toast.id !== id));
}

export function announce(text: string): void {
    said.set(said.get() === text ? `${text}\u00a0` : text);
}

export function Toasts() {
    const toasts = useStore(shown);
    const ref = useRef<HTMLDivElement>(null);
    useLayoutEffect(() => bringToTop(ref.current!), [toasts]);
    return (
        <>
            <div className="sr-only" role="status">{useStore(said)}</div>
            <div ref={ref} className="toasts" role="region" aria-live="polite" aria-label={t("common.notifications")}>
                {toasts.map((toast) => <ToastView key={toast.id} toast={toast} />)}
            </div>
        </>
    );
}

/** Above an open dialog, where the browser can do that. */
function bringToTop(region: HTMLElement & { popover?: string | null; showPopover?: () => void; hidePopover?: () => void }): void {
    if (!region.showPopover) return;
    region.popover = "manual";
    if (document.querySelector("dialog[open]")) region.hidePopover?.();
    if (!region.matches(":popover-open")) region.showPopover();
}

function ToastView({ toast: { id, text, action, kind, stays } }: { toast: Shown }) {
    const [held, setHeld] = useState(false);
    useEffect(() => {
        if (held || stays) return;
        const timer = setTimeout(() => dismiss(id), stayMilliseconds);
        return () => clearTimeout(timer);
    }, [held, id, stays]);
    const hold = () => setHeld(true);
    const release = () => setHeld(false);
    return (
        <div className="toast" onPointerEnter={hold} onPointerLeave={release} onFocus={hold} onBlur={release}>
            {kind === "error" && <Icon name="alert" size={20} />}
            <span className="toast-text">{text}</span>
            {action && <Button kind="ghost" label={action.label} onClick={() => { dismiss(id); action.onSelect(); }} />}
            <IconButton icon="close" label={t("common.dismiss")} onClick={() => dismiss(id)} />
        </div>
    );
}
