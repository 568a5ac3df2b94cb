// One list: its items, or why they cannot be shown.
import { useEffect, useMemo, useState } from "react";
import { t } from "../../i18n/i18n";
import type { ID, ListContent, Model } from "../../model/types";
import { Button, Empty, Notice, useStore } from "../kit";
import { run } from "../run";
import { Link } from "../router";
import { ListBoard } from "./ListBoard";

const patienceMilliseconds = 300;

export function ListScreen({ model, id }: { model: Model; id: ID }) {
    const content = useStore(useMemo(() => model.list(id), [model, id]));
    const summary = useStore(model.lists).find((list) => list.id === id);
    const waiting = useDelayed(content === null);
    if (!content) return <div className="list-waiting" role="status" aria-label={t("list.loading")}>{waiting && <span className="spinner" />}</div>;
    if (content.role === null) return <NotHere content={content} isShelved={summary !== undefined} />;
    const refused = content.trouble === "forbidden" || content.trouble === "gone";
    const readOnly = content.role === "viewer" || content.trashed || refused;
    return <ListBoard model={model} content={content} readOnly={readOnly} banner={<State model={model} content={content} />} />;
}

function NotHere({ content: { name, trouble }, isShelved }: { content: ListContent; isShelved: boolean }) {
    const kind = isShelved ? "notHere" : "unknown";
    return (
        <div className="list">
            <h1 className="list-title" dir="auto" tabIndex={-1}>{name || t("list.unknown.title")}</h1>
            <Empty icon={trouble ? "alert" : "cloud"} title={t(trouble ? `trouble.${trouble}` : `list.${kind}.title`)}
                text={t(trouble ? `trouble.${trouble}.text` : `list.${kind}.text`)}
                action={<Link className="button button-primary" to="/">{t("shell.home")}</Link>} />
        </div>
    );
}

/** What is particular about this list now: that it is in the trash, that the server refuses it, that it may only be looked at. */
function State({ model, content }: { model: Model; content: ListContent }) {
    const { trouble } = content;
    return (
        <>
            {trouble && (
                <Notice icon="alert" kind="warning"><strong>{t(`trouble.${trouble}`)}</strong><br />{t(`trouble.${trouble}.text`)}</Notice>
            )}
            {content.trashed && (
                <Notice icon="trash" action={content.role === "owner" && (
                    <Button icon="restore" label={t("lists.restore")} onClick={() => void run(model.setTrashed(content.id, false))} />
                )}>{t("list.trashed")}</Notice>
            )}
            {content.role === "viewer" && !trouble && <Notice icon="info">{t("list.viewer")}</Notice>}
        </>
    );
}

/** True once `waits` has held for a while, so that nothing flickers. */
function useDelayed(waits: boolean): boolean {
    const [late, setLate] = useState(false);
    useEffect(() => {
        const timer = setTimeout(() => setLate(waits), patienceMilliseconds);
        return () => clearTimeout(timer);
    }, [waits]);
    return late && waits;
}
