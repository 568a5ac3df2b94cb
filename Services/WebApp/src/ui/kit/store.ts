// A value that changes and can be listened to; and how components read one.
import { useCallback, useSyncExternalStore } from "react";
import type { Store } from "../../model/types";

export interface WritableStore<Value> extends Store<Value> {
    set(value: Value): void;
}

export function createStore<Value>(initial: Value): WritableStore<Value> {
    let value = initial;
    const listeners = new Set<() => void>();
    return {
        get: () => value,
        set(next) {
            if (Object.is(next, value)) return;
            value = next;
            [...listeners].forEach((listener) => listener());
        },
        subscribe(listener) {
            listeners.add(listener);
            return () => listeners.delete(listener);
        },
    };
}

export function useStore<Value>(store: Store<Value>): Value {
    const subscribe = useCallback((onChange: () => void) => store.subscribe(onChange), [store]);
    return useSyncExternalStore(subscribe, () => store.get());
}
