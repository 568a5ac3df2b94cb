// The list as somebody else sees it: to look at, not to touch.
import { useLayoutEffect, useMemo, useRef } from "react";
import { compareNames, t } from "../../i18n/i18n";
import type { Item, ListContent, Model, Role } from "../../model/types";
import { Notice, Progress } from "../kit";
import { GroupHead } from "./Heads";
import { ItemRow } from "./ItemRow";
import type { RowActions } from "./ItemRow";
import { buildRows } from "./rows";

const rowsMax = 40;

export function Preview({ model, content, role }: { model: Model; content: ListContent; role: Role }) {
    const frame = useRef<HTMLDivElement>(null);
    useLayoutEffect(() => { frame.current!.inert = true; }, []);
    const rows = useMemo(() => buildRows(content.items, {
        view: "category", filter: "", expanded: true, kept: null,
        isPlacedCompleted: (item) => item.checked, compare: compareNames,
    }).slice(0, rowsMax), [content.items]);
    const mine = (item: Item) => (item.updatedByMe ? model.account.username : null);
    const done = content.items.filter((item) => item.checked).length;
    return (
        <div ref={frame} className="looks" role="img" aria-label={t("share.previewLabel", { role: t(`role.${role}`) })}>
            <p className="list-title" dir="auto">{content.name}</p>
            <Progress value={done} max={content.items.length} label={t("dashboard.progress", { done, count: content.items.length })} />
            {role === "viewer" && <Notice icon="info">{t("list.viewer")}</Notice>}
            <div className="rows" role="list">
                {rows.map((row, index) => {
                    const place = { position: index + 1, count: rows.length };
                    if (row.kind === "completed") return null;
                    if (row.kind === "group") return <GroupHead key={row.key} row={row} {...place} />;
                    const item = { ...row.item, conflicts: [], pending: false, updatedByMe: false, updatedBy: row.item.updatedBy ?? mine(row.item) };
                    return (
                        <ItemRow key={row.key} item={item} {...place} first={rows[index - 1]?.kind !== "item"} last={rows[index + 1]?.kind !== "item"}
                            showsCategory={row.completed} shared readOnly={role === "viewer"} live={null} current={false} dragged={false}
                            draggable={role !== "viewer" && !row.completed} selected={null} editing={false} gone={false} actions={noActions} />
                    );
                })}
            </div>
        </div>
    );
}

/** Nothing in a preview can be pressed. */
const noActions = {} as RowActions;
