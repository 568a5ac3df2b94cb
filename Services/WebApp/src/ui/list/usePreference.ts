// How this person looks at a list on this device.
import { useState } from "react";
import { remember, remembered } from "../kit/remember";

/** One of `values`; the first until another was chosen. */
export function usePreference<Value extends string>(name: string, values: readonly [Value, ...Value[]]): [Value, (value: Value) => void] {
    const [value, setValue] = useState<Value>(() => values.find((value) => value === remembered(name)) ?? values[0]);
    return [value, (next) => {
        setValue(next);
        remember(name, next);
    }];
}
