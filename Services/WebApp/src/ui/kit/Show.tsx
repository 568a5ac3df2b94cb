// Small things that only show: a person, a progress, an empty place, a notice.
import type { ReactNode } from "react";
import { Icon } from "./Icon";
import type { IconName } from "./Icon";

/** A person's initials on a colour that follows from the name. */
export function Avatar({ name, size = 32 }: { name: string; size?: number }) {
    let hue = 7;
    for (const letter of name) hue = (hue * 31 + letter.codePointAt(0)!) % 360;
    const initials = name.split(/[\s._-]+/).filter(Boolean).slice(0, 2).map((word) => [...word][0]).join("").toLocaleUpperCase();
    return (
        <span className="avatar" aria-hidden="true" title={name}
            style={{ background: `hsl(${hue} 42% 34%)`, inlineSize: size, blockSize: size, fontSize: size * 0.4 }}>{initials}</span>
    );
}

export function Progress({ value, max, label, ring }: { value: number; max: number; label: string; ring?: boolean }) {
    const part = max > 0 ? value / max : 0;
    const say = { role: "progressbar", "aria-label": label, "aria-valuenow": value, "aria-valuemin": 0, "aria-valuemax": max } as const;
    if (!ring) return <div className="progress" {...say}><div style={{ inlineSize: `${part * 100}%` }} /></div>;
    const done = max > 0 && value >= max;
    return (
        <span className={done ? "ring ring-done" : "ring"} {...say}>
            <svg viewBox="0 0 40 40" width="40" height="40" aria-hidden="true">
                <circle cx="20" cy="20" r="17" />
                {part > 0 && <circle cx="20" cy="20" r="17" pathLength="100" strokeDasharray={`${part * 100} 100`} className="ring-part" />}
                {done && <path d="M13 20.5l5 5 9.5-10.5" />}
            </svg>
        </span>
    );
}

/** `whole`: it is all that the screen has. */
export function Empty({ icon, title, text, action, whole }: { icon: IconName; title: string; text?: string; action?: ReactNode; whole?: boolean }) {
    const Heading = whole ? "h1" : "h2";
    return (
        <div className="empty">
            <span className="empty-icon"><Icon name={icon} size={32} /></span>
            <Heading>{title}</Heading>
            {text && <p>{text}</p>}
            {action && <div className="empty-action">{action}</div>}
        </div>
    );
}

/** A strip across the page about something that goes on. */
export function Notice({ icon, kind = "info", children, action }: {
    icon: IconName; kind?: "info" | "warning" | "danger"; children: ReactNode; action?: ReactNode;
}) {
    return (
        <div className={`notice notice-${kind}`} role={kind === "danger" ? "alert" : "status"}>
            <Icon name={icon} size={20} />
            <div className="notice-text">{children}</div>
            {action && <div className="notice-action">{action}</div>}
        </div>
    );
}
