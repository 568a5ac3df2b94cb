// How this person looks at a list on this device.
import { useCallback, useState } from "react";

/** One of `values`; the first until another was chosen. */
export function usePreference<Value extends string>(name: string, values: readonly [Value, ...Value[]]): [Value, (value: Value) => void] {
    const key = `larder.${name}`;
    const [value, setValue] = useState<Value>(() => {
        try {
            return values.find((value) => value === localStorage.getItem(key)) ?? values[0];
        } catch {
            return values[0];
        }
    });
    const choose = useCallback((value: Value) => {
        setValue(value);
        try {
            localStorage.setItem(key, value);
        } catch { /* it holds for this visit only */ }
    }, [key]);
    return [value, choose];
}
