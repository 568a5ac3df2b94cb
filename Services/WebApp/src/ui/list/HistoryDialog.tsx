// Who changed what, and when, newest first; and the way back to what was.
import { useEffect, useState } from "react";
import { formatDate, t } from "../../i18n/i18n";
import type { HistoryChange, Item, ListContent, Model } from "../../model/types";
import { ModelError } from "../../model/types";
import { Avatar, Button, Dialog, Empty, IconButton } from "../kit";
import { done, errorText } from "../run";
import { draftBefore, historyWords, isRestorable, personOf, worthTelling } from "./historyWords";
import { cut } from "./words";

const atFirst = 100;
const atMost = 1000;

interface HistoryDialogProps {
    model: Model;
    content: ListContent;
    /** Only of this one. */
    item: Item | undefined;
    onClose: () => void;
}

export function HistoryDialog({ model, content, item, onClose }: HistoryDialogProps) {
    const [limit, setLimit] = useState(atFirst);
    const [changes, setChanges] = useState<readonly HistoryChange[] | null>(null);
    const [failure, setFailure] = useState<unknown>(null);
    const load = () => {
        let current = true;
        setFailure(null);
        model.history(content.id, { item: item?.id, limit })
            .then((loaded) => current && setChanges(worthTelling(loaded)), (error) => current && setFailure(error));
        return () => { current = false; };
    };
    useEffect(load, [model, content.id, item?.id, limit]);
    const restore = async (change: HistoryChange) => {
        if (await done(goBack(model, content, change))) onClose();
    };
    const offline = failure instanceof ModelError && failure.code === "offline";
    const canEdit = content.role !== "viewer" && !content.trashed;
    return (
        <Dialog wide title={item ? t("history.ofItem", { name: cut(item.name) }) : t("history.title")} onClose={onClose}>
            {failure !== null && <Empty icon={offline ? "cloudOff" : "alert"} title={t(offline ? "history.offline.title" : "history.failed")}
                text={offline ? t("history.offline.text") : errorText(failure)} action={<Button label={t("common.tryAgain")} onClick={load} />} />}
            {failure === null && changes === null && <div className="list-waiting"><span className="spinner" /></div>}
            {failure === null && changes?.length === 0 && <Empty icon="history" title={t("history.none")} />}
            {failure === null && changes && days(changes).map(({ day, changes }) => (
                <section key={day} className="history-day">
                    <h3>{day}</h3>
                    <ol>
                        {changes.map((change, index) => (
                            <Change key={`${change.at} ${index}`} change={change}
                                onRestore={canEdit && canGoBack(content, change) ? restore : null} />
                        ))}
                    </ol>
                </section>
            ))}
            {changes && limit < atMost && changes.length > limit / 4 &&
                <Button kind="ghost" label={t("history.more")} onClick={() => setLimit(atMost)} />}
        </Dialog>
    );
}

function Change({ change, onRestore }: { change: HistoryChange; onRestore: ((change: HistoryChange) => void) | null }) {
    const person = personOf(change);
    return (
        <li className="change">
            <Avatar name={person ?? "?"} size={28} />
            <p><b><bdi>{person ?? t("history.former")}</bdi></b> <span>{historyWords(change)}</span></p>
            {onRestore && <IconButton icon="restore" label={t("history.restore")} onClick={() => onRestore(change)} />}
            <time dateTime={change.at}>{formatDate(Date.parse(change.at), { timeStyle: "short" })}</time>
        </li>
    );
}

function days(changes: readonly HistoryChange[]): { day: string; changes: HistoryChange[] }[] {
    const result: { day: string; changes: HistoryChange[] }[] = [];
    for (const change of changes) {
        const day = formatDate(Date.parse(change.at), { dateStyle: "full" });
        const last = result[result.length - 1];
        if (last?.day === day) last.changes.push(change);
        else result.push({ day, changes: [change] });
    }
    return result;
}

/** The item must be there still, or have been removed. */
function canGoBack(content: ListContent, change: HistoryChange): boolean {
    const exists = change.item === null || content.items.some((item) => item.id === change.item);
    return isRestorable(change) && exists === (change.field !== "removed");
}

async function goBack(model: Model, { id: list }: ListContent, { item, field, from, at }: HistoryChange): Promise<void> {
    if (item === null) return model.renameList(list, String(from));
    if (field === "removed") {
        const changes = await model.history(list, { item, limit: atMost });
        return void await model.addItems(list, [draftBefore(changes, at, String(from))]);
    }
    if (field === "checked") return model.setChecked(list, [item], from === true);
    return model.editItem(list, item, { [field]: from ?? null });
}
