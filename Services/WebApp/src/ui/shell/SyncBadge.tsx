// One mark and a few words on whether everything is safe. Pressed, it tells all.
import { useEffect, useRef, useState } from "react";
import { plural, t } from "../../i18n/i18n";
import type { Model, SyncStatus } from "../../model/types";
import { Icon } from "../kit/Icon";
import type { IconName } from "../kit/Icon";
import { useStore } from "../kit/store";
import { showOverlay } from "../overlay";

export const phaseIcons: Record<SyncStatus["phase"], IconName> = {
    synced: "cloudCheck", syncing: "sync", waiting: "clock", offline: "cloudOff", unconfirmed: "clock", "signed-out": "cloudOff", refused: "alert",
};

export function phaseWords({ phase, pending }: SyncStatus): string {
    if (phase === "offline" && pending) return t("sync.offlineWaiting", { count: pending });
    if (phase === "waiting" && pending) return plural("sync.waitingCount", pending);
    return t(`sync.${phase}`);
}

export function SyncBadge({ model }: { model: Model }) {
    const status = useSettled(useStore(model.sync));
    const words = phaseWords(status);
    return (
        <button type="button" className={`sync-badge sync-${status.phase}`} aria-haspopup="dialog" aria-label={t("sync.button", { status: words })}
            onClick={() => showOverlay({ kind: "sync" })}>
            <Icon name={phaseIcons[status.phase]} size={20} /><span>{words}</span>
        </button>
    );
}

const flickerMilliseconds = 600;

/** Leaves out an exchange that is over at once, so that the words do not flicker with every edit. */
function useSettled(status: SyncStatus): SyncStatus {
    const brief = status.phase === "syncing" || (status.phase === "waiting" && status.policy === "live");
    const [lasts, setLasts] = useState(false);
    const settled = useRef(status);
    if (!brief) settled.current = status;
    useEffect(() => {
        setLasts(false);
        if (!brief) return;
        const timer = setTimeout(() => setLasts(true), flickerMilliseconds);
        return () => clearTimeout(timer);
    }, [brief]);
    return brief && !lasts ? settled.current : status;
}
