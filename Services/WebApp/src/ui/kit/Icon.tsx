// One icon. It says nothing to a screen reader: its button or its text does.
import { directed, dotted, icons } from "./icons";
import type { IconName } from "./icons";

export type { IconName };

export function Icon({ name, size = 24 }: { name: IconName; size?: number }) {
    const kind = directed.includes(name) ? "icon icon-directed" : dotted.includes(name) ? "icon icon-dotted" : "icon";
    return (
        <svg className={kind} viewBox="0 0 24 24" width={size} height={size} aria-hidden="true">
            <path d={icons[name]} />
        </svg>
    );
}
