// The top of a list: its name, how far it is, who is here, and what can be done with all of it.
import { useState } from "react";
import { plural, t } from "../../i18n/i18n";
import type { ListContent, Model } from "../../model/types";
import { Avatar, Button, IconButton, Menu, Progress, Segmented, useMedia, useStore } from "../kit";
import { showOverlay } from "../overlay";
import { boardMenu } from "./boardMenu";
import { RenameField } from "./RenameField";
import type { View } from "./rows";

interface ListHeaderProps {
    model: Model;
    content: ListContent;
    readOnly: boolean;
    view: View;
    onView: (view: View) => void;
    /** Null: the box is closed. */
    filter: string | null;
    onFilter: (filter: string | null) => void;
    onSelect: () => void;
    onHistory: () => void;
}

export function ListHeader(props: ListHeaderProps) {
    const { model, content, readOnly, filter, onFilter } = props;
    const wide = useMedia("(min-width: 900px)");
    const [renaming, setRenaming] = useState(false);
    const summary = useStore(model.lists).find((list) => list.id === content.id);
    const share = () => showOverlay({ kind: "share", list: content.id });
    return (
        <>
            <header className="list-head" data-filtering={filter !== null || undefined}>
                {renaming
                    ? <RenameField model={model} content={content} onDone={() => setRenaming(false)} />
                    : <Title name={content.name} onRename={readOnly ? null : () => setRenaming(true)} />}
                {filter === null
                    ? <IconButton icon="search" label={t("list.filter")} onClick={() => onFilter("")} />
                    : <FilterBox filter={filter} onFilter={onFilter} />}
                {wide && content.role === "owner" && <Button icon="share" label={t("lists.share")} onClick={share} />}
                <Menu label={t("list.menu")}
                    items={boardMenu(model, content, summary, !readOnly, { select: props.onSelect, history: props.onHistory })} />
            </header>
            <ListState {...props} wide={wide} />
        </>
    );
}

/** How far the list is, who is here, and in which order it is shown. */
function ListState({ content: { items, present }, view, onView, wide }: ListHeaderProps & { wide: boolean }) {
    const done = items.reduce((count, item) => count + (item.checked ? 1 : 0), 0);
    const words = items.length === 0 ? t("list.progressNone")
        : t(done === items.length ? "dashboard.done" : "dashboard.progress", { done, count: items.length });
    const other: View = view === "category" ? "hand" : "category";
    return (
        <div className="list-progress">
            <Progress value={done} max={items.length} label={words} />
            <span aria-hidden="true">{words}</span>
            <Presence names={present} />
            {wide
                ? <Segmented label={t("list.order")} value={view} onChange={onView}
                    options={(["category", "hand"] as const).map((value) => ({ value, label: t(`list.view.${value}`) }))} />
                : <IconButton icon={view === "category" ? "category" : "list"} label={t(`list.switchTo.${other}`)} onClick={() => onView(other)} />}
        </div>
    );
}

function Title({ name, onRename }: { name: string; onRename: (() => void) | null }) {
    return (
        <h1 className="list-title" tabIndex={-1} dir={onRename ? undefined : "auto"}>
            {onRename ? <button type="button" dir="auto" title={t("lists.rename")} onClick={onRename}>{name}</button> : name}
        </h1>
    );
}

const presentShown = 3;

function Presence({ names }: { names: readonly string[] }) {
    if (names.length === 0) return null;
    const words = plural("list.present", names.length, { names: names.join(", ") });
    return (
        <div className="presence" role="img" aria-label={words} title={words}>
            {names.slice(0, presentShown).map((name) => <Avatar key={name} name={name} size={28} />)}
            {names.length > presentShown && <span className="presence-more">+{names.length - presentShown}</span>}
        </div>
    );
}

function FilterBox({ filter, onFilter }: { filter: string; onFilter: (filter: string | null) => void }) {
    return (
        <div className="filter" role="search">
            <input className="input" type="search" autoFocus dir={filter ? "auto" : undefined} value={filter}
                aria-label={t("list.filter")} placeholder={t("list.filter")} onChange={(event) => onFilter(event.target.value)} onBlur={() => filter === "" && onFilter(null)}
                onKeyDown={(event) => {
                    if (event.key !== "Escape" && event.key !== "Enter" && event.key !== "ArrowDown") return;
                    event.preventDefault();
                    if (event.key === "Escape") onFilter(null);
                    event.currentTarget.blur();
                    document.querySelector<HTMLElement>(".rows [tabindex='0']")?.focus();
                }} />
            <IconButton icon="close" label={t("list.filterClose")} onClick={() => onFilter(null)} />
        </div>
    );
}
