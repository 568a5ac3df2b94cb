// A list as the dashboard shows it: how far it is, who shares it, whether it is safe.
import { formatNumber, formatRelative, plural, t } from "../../i18n/i18n";
import type { ListSummary, Model } from "../../model/types";
import { Button } from "../kit/Button";
import { Icon } from "../kit/Icon";
import { Menu } from "../kit/Menu";
import { Progress } from "../kit/Show";
import { showOverlay } from "../overlay";
import { Link } from "../router";
import { run } from "../run";
import { listMenu } from "./listMenu";

export function openWords({ openCount }: ListSummary): string {
    return openCount ? t("dashboard.open", { count: openCount }) : t("dashboard.done");
}

export function ListCard({ model, list }: { model: Model; list: ListSummary }) {
    const { id, name, itemCount, openCount, role } = list;
    const done = itemCount - openCount;
    const state = role === null ? t("dashboard.arriving") : itemCount === 0 ? t("dashboard.empty") : openWords(list);
    return (
        <li className="card list-card">
            <Progress ring value={done} max={itemCount} label={t("dashboard.progress", { done, count: itemCount })} />
            <div className="list-card-text">
                <h2>
                    <Link className="list-card-link" to={`/list/${id}`} dir="auto">{name || t("dashboard.unnamed")}</Link>
                    {list.pinned && <Pin />}
                </h2>
                <p className="facts-line"><span>{state}</span><Facts list={list} /></p>
                {list.trouble && <p className="list-card-trouble"><Icon name="alert" size={16} />{t(`trouble.${list.trouble}`)}</p>}
            </div>
            {list.template && !list.trashed && (
                <Button className="list-card-use" label={t("lists.useTemplate")}
                    onClick={() => showOverlay({ kind: "duplicate", list: id, as: "list" })} />
            )}
            {list.trashed && role === "owner" && (
                <Button className="list-card-use" icon="restore" label={t("lists.restore")} onClick={() => void run(model.setTrashed(id, false))} />
            )}
            {role !== null && <Menu label={t("lists.menu", { name })} items={listMenu(model, list)} />}
        </li>
    );
}

function Pin() {
    return <span className="list-card-pin"><Icon name="pin" size={16} /><span className="sr-only">{t("lists.pinned")}</span></span>;
}

function Facts({ list }: { list: ListSummary }) {
    const { memberCount, pending, updatedMilliseconds, role } = list;
    return (
        <>
            {role === "viewer" && <span>{t("lists.viewOnly")}</span>}
            {memberCount > 1 && (
                <span title={t("lists.members", { count: memberCount })}>
                    <Icon name="people" size={16} /><span aria-hidden="true">{formatNumber(memberCount)}</span>
                    <span className="sr-only">{t("lists.members", { count: memberCount })}</span>
                </span>
            )}
            {updatedMilliseconds !== null && <span>{formatRelative(updatedMilliseconds)}</span>}
            {pending > 0 && <span className="fact-pending"><Icon name="clock" size={16} />{plural("sync.waitingCount", pending)}</span>}
        </>
    );
}
