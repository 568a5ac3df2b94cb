// All there is to say about syncing, honestly: what is where, since when, and what to do.
import type { ReactNode } from "react";
import { formatDate, formatRelative, t } from "../../i18n/i18n";
import type { Model, SyncStatus } from "../../model/types";
import { Button } from "../kit/Button";
import { Dialog } from "../kit/Dialog";
import { useMinute } from "../kit/hooks";
import { Icon } from "../kit/Icon";
import type { IconName } from "../kit/Icon";
import { useStore } from "../kit/store";
import { asideWords } from "../list/historyWords";
import { closeOverlay, showOverlay } from "../overlay";
import { loginPath, navigate } from "../router";
import { problemText, run } from "../run";
import { phaseIcons, phaseWords } from "../shell/SyncBadge";
import { PolicySelect } from "./PolicySelect";

export function SyncDialog({ model }: { model: Model }) {
    const status = useStore(model.sync);
    useMinute();
    const { phase, problem } = status;
    return (
        <Dialog title={t("sync.title")} onClose={closeOverlay} footer={phase === "signed-out"
            ? <Button kind="primary" label={t("login.submit")} onClick={() => { closeOverlay(); navigate(loginPath()); }} />
            : <Button kind="primary" icon="sync" busy={phase === "syncing"} label={t("sync.now")} onClick={() => void run(model.syncNow())} />}>
            <div className="stack">
                <div className={`sync-state sync-${phase}`} role="status">
                    <span className="empty-icon"><Icon name={phaseIcons[phase]} size={28} /></span>
                    <div><strong>{phaseWords(status)}</strong><p>{t(`sync.${phase}.text`)}</p></div>
                </div>
                {problem && <p className="field-error">{problemText(problem)}</p>}
                <SetAside model={model} />
                <Facts status={status} />
                <PolicySelect model={model} />
            </div>
        </Dialog>
    );
}

function Facts({ status: { pending, pendingSinceMilliseconds, syncedMilliseconds, live, phase } }: { status: SyncStatus }) {
    // While changes come live there is nothing that is not here.
    const syncedAt = live && phase === "synced" ? Date.now() : syncedMilliseconds;
    const here = pending ? t("sync.here", { count: pending }) : t("sync.hereNone");
    return (
        <ul className="facts">
            <Fact icon="device">
                {pending && pendingSinceMilliseconds !== null
                    ? t("sync.hereSince", { changes: here, time: formatRelative(pendingSinceMilliseconds) }) : here}
            </Fact>
            {syncedMilliseconds !== null && (
                <Fact icon="cloudCheck">{t(phase === "unconfirmed" ? "sync.copiesUnknown" : pending ? "sync.copiesOthers" : "sync.copies")}</Fact>
            )}
            <Fact icon="history">
                {syncedAt === null ? t("sync.never")
                    : <span title={formatDate(syncedAt)}>{t("sync.last", { time: formatRelative(syncedAt) })}</span>}
            </Fact>
            <Fact icon="people">{t(live ? "sync.liveOn" : "sync.liveOff")}</Fact>
        </ul>
    );
}

function Fact({ icon, children }: { icon: IconName; children: ReactNode }) {
    return <li><Icon name={icon} size={20} /><span>{children}</span></li>;
}

function SetAside({ model }: { model: Model }) {
    const { setAside } = useStore(model.sync);
    if (!setAside.length) return null;
    return (
        <section className="set-aside">
            <h3>{t("sync.setAside", { count: setAside.length })}</h3>
            <p className="field-hint">{t("sync.setAsideText")}</p>
            <ul>
                {setAside.map((change, index) => (
                    <li key={index}>
                        <strong dir="auto">{change.itemName ?? change.listName}</strong>
                        {change.itemName && <span dir="auto"> · {change.listName}</span>}
                        {asideWords(change).map((words) => <span key={words} className="set-aside-change" dir="auto">{words}</span>)}
                        <small>{t(`trouble.${change.reason}`)} · {formatRelative(change.atMilliseconds)}</small>
                    </li>
                ))}
            </ul>
            <div className="row">
                <Button icon="download" label={t("storage.export")} onClick={() => showOverlay({ kind: "export" })} />
                <Button label={t("common.dismiss")} onClick={() => void run(model.dismissSetAside())} />
            </div>
        </section>
    );
}
