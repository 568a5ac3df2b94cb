// Values that change, and who wants to know.
import type { Store } from "./types";

export class Cell<Value> implements Store<Value> {
    private readonly listeners = new Set<() => void>();

    constructor(private value: Value, private readonly onFollowed?: (isFollowed: boolean) => void) {}

    readonly get = (): Value => this.value;

    readonly subscribe = (onChange: () => void): (() => void) => {
        this.listeners.add(onChange);
        if (this.listeners.size === 1) this.onFollowed?.(true);
        return () => {
            if (this.listeners.delete(onChange) && this.listeners.size === 0) this.onFollowed?.(false);
        };
    };

    set(value: Value): void {
        if (Object.is(this.value, value)) return;
        this.value = value;
        for (const listener of [...this.listeners]) listener();
    }
}
