// Fingers and pens on rows, as they come from the browser. One press at a time: what it turns into decides what its moves and its end mean.
import { reducesMotion } from "./motion";
import { isSideways, swipeOutcome } from "./swipe";
import type { Swipe } from "./swipe";

export interface GestureHandlers {
    /** Whether rows may be changed now. */
    enabled: boolean;
    onSwipe(key: string, swipe: Swipe): void;
    onLongPress(key: string): void;
    /** False: this row cannot be dragged. */
    onDragStart(key: string, y: number): boolean;
    onDragMove(y: number): void;
    onDragEnd(cancelled: boolean): void;
}

interface Press {
    /** `held`: long enough that a move drags and letting go selects; a handle is held at once. */
    phase: "pressed" | "held" | "swiping" | "dragging";
    byHandle: boolean;
    pointer: number;
    row: HTMLElement;
    key: string;
    startX: number;
    startY: number;
    lastX: number;
    lastAt: number;
    /** Pixels a millisecond, smoothed. */
    velocity: number;
    timer: number;
}

const longPressMilliseconds = 420;
const dragDistanceMin = 6;
const scrollDistanceMin = 10;
const settleMilliseconds = 180;
const removedMilliseconds = 80;

export class RowGestures {
    private press: Press | null = null;
    /** The click that follows a gesture is none. */
    private swallowsClick = false;
    private readonly stopped = new AbortController();

    constructor(private readonly list: HTMLElement, private readonly handlers: () => GestureHandlers) {
        const { signal } = this.stopped;
        list.addEventListener("pointerdown", (event) => this.begin(event), { signal });
        addEventListener("pointermove", (event) => this.isPressed(event) && this.move(event), { signal });
        addEventListener("pointerup", (event) => this.isPressed(event) && this.lift(event), { signal });
        addEventListener("pointercancel", (event) => this.isPressed(event) && this.cancel(), { signal });
        list.addEventListener("touchmove", (event) => this.keepFromScrolling(event), { signal, passive: false });
        list.addEventListener("contextmenu", (event) => this.press && event.preventDefault(), { signal });
        list.addEventListener("click", (event) => this.keepFromClicking(event), { signal, capture: true });
        addEventListener("keydown", (event) => this.escape(event), { signal, capture: true });
    }

    stop(): void {
        this.end();
        this.stopped.abort();
    }

    private isPressed(event: PointerEvent): boolean {
        return this.press?.pointer === event.pointerId;
    }

    private begin(event: PointerEvent): void {
        this.swallowsClick = false;
        const target = event.target as HTMLElement;
        const row = target.closest<HTMLElement>("[data-item]");
        if (this.press || !row || !this.handlers().enabled || event.button !== 0 || target.closest("form, .conflict")) return;
        const byHandle = target.closest("[data-handle]") !== null;
        if (!byHandle && event.pointerType === "mouse") return;
        const canHold = !byHandle && !target.closest(".item-stepper");
        this.press = {
            phase: byHandle ? "held" : "pressed", byHandle, pointer: event.pointerId, row, key: row.dataset.key!,
            startX: event.clientX, startY: event.clientY, lastX: event.clientX, lastAt: event.timeStamp, velocity: 0,
            timer: canHold ? window.setTimeout(() => this.hold(), longPressMilliseconds) : 0,
        };
    }

    private hold(): void {
        if (this.press?.phase !== "pressed") return;
        this.press.phase = "held";
        this.press.row.classList.add("item-held");
        navigator.vibrate?.(8);
    }

    private move(event: PointerEvent): void {
        const press = this.press!;
        const x = event.clientX - press.startX;
        const y = event.clientY - press.startY;
        const elapsed = event.timeStamp - press.lastAt;
        if (elapsed > 0) press.velocity = 0.6 * ((event.clientX - press.lastX) / elapsed) + 0.4 * press.velocity;
        [press.lastX, press.lastAt] = [event.clientX, event.timeStamp];
        if (press.phase === "pressed") {
            if (isSideways(x, y)) this.enter("swiping");
            else if (Math.abs(y) > scrollDistanceMin) return this.end();
        } else if (press.phase === "held" && Math.hypot(x, y) > dragDistanceMin) {
            if (!this.handlers().onDragStart(press.key, press.startY)) return this.end();
            this.enter("dragging");
        }
        if (press.phase === "swiping") slide(press.row, x * inlineSign());
        if (press.phase === "dragging") this.handlers().onDragMove(event.clientY);
    }

    private enter(phase: Press["phase"]): void {
        clearTimeout(this.press!.timer);
        this.press!.phase = phase;
        this.swallowsClick = true;
        this.list.setPointerCapture(this.press!.pointer);
    }

    private lift(event: PointerEvent): void {
        const { phase, byHandle, key, row, startX, velocity } = this.press!;
        this.end();
        if (phase === "swiping") {
            const outcome = swipeOutcome((event.clientX - startX) * inlineSign(), velocity * inlineSign(), row.offsetWidth);
            settle(row, outcome, (swipe) => this.handlers().onSwipe(key, swipe));
        } else if (phase === "dragging") this.handlers().onDragEnd(false);
        else if (phase === "held" && !byHandle) {
            this.swallowsClick = true;
            this.handlers().onLongPress(key);
        }
    }

    private cancel(): void {
        const { phase, row } = this.press!;
        this.end();
        if (phase === "swiping") settle(row, null, () => undefined);
        if (phase === "dragging") this.handlers().onDragEnd(true);
    }

    private end(): void {
        clearTimeout(this.press?.timer);
        this.press?.row.classList.remove("item-held");
        this.press = null;
    }

    private escape(event: KeyboardEvent): void {
        if (event.key !== "Escape" || this.press?.phase !== "dragging") return;
        event.preventDefault();
        this.cancel();
    }

    private keepFromScrolling(event: TouchEvent): void {
        if (this.press && this.press.phase !== "pressed" && event.cancelable) event.preventDefault();
    }

    private keepFromClicking(event: Event): void {
        if (!this.swallowsClick) return;
        this.swallowsClick = false;
        event.preventDefault();
        event.stopPropagation();
    }
}

const inlineSign = () => (document.dir === "rtl" ? -1 : 1);

/** The row's face follows the finger; the ground behind it says what letting go does, and is `armed` where it does it. */
function slide(row: HTMLElement, distance: number): void {
    row.style.setProperty("--swipe", `${distance}px`);
    row.dataset.swipe = distance > 0 ? "check" : "remove";
    row.toggleAttribute("data-armed", swipeOutcome(distance, 0, row.offsetWidth) !== null);
}

function settle(row: HTMLElement, outcome: Swipe | null, act: (swipe: Swipe) => void): void {
    row.dataset.settling = "";
    row.style.setProperty("--swipe", outcome === "remove" ? "-100%" : "0px");
    if (outcome === "check") act(outcome);
    setTimeout(() => {
        if (outcome === "remove") act(outcome);
        setTimeout(() => {
            for (const mark of ["swipe", "settling", "armed"]) delete row.dataset[mark];
            row.style.removeProperty("--swipe");
        }, outcome === "remove" ? removedMilliseconds : 0);
    }, reducesMotion() ? 0 : settleMilliseconds);
}
