// The list at work: what is shown, what is being done to it, and the parts of the screen that do it.
import { useCallback, useDeferredValue, useMemo, useRef, useState } from "react";
import type { ReactNode } from "react";
import { compareNames, t } from "../../i18n/i18n";
import type { ID, Item, ListContent, Model } from "../../model/types";
import { Button, Empty, useHotkey, useMinute } from "../kit";
import { run } from "../run";
import { AddBox } from "./AddBox";
import { carryOut } from "./carryOut";
import type { Drop } from "./drop";
import { HistoryDialog } from "./HistoryDialog";
import { ListHeader } from "./ListHeader";
import { parseItem } from "./parse";
import { RowList } from "./RowList";
import { buildRows } from "./rows";
import type { View } from "./rows";
import { SelectionBar } from "./SelectionBar";
import { useEditing } from "./useEditing";
import { useKeyboardInset } from "./useKeyboardInset";
import { useLiveMarks } from "./useLiveMarks";
import { usePlacement } from "./usePlacement";
import { usePreference } from "./usePreference";
import { useReorder } from "./useReorder";
import { useRowActions } from "./useRowActions";
import { useSelection } from "./useSelection";

interface ListBoardProps {
    model: Model;
    content: ListContent;
    readOnly: boolean;
    banner: ReactNode;
}

export function ListBoard({ model, content, readOnly, banner }: ListBoardProps) {
    useMinute();
    useKeyboardInset();
    const { id } = content;
    const [view, setView] = usePreference<View>(`view.${id}`, ["category", "hand"]);
    const [completed, setCompleted] = usePreference(`completed.${id}`, ["collapsed", "expanded"]);
    const [filter, setFilter] = useState<string | null>(null);
    const [history, setHistory] = useState<{ item?: Item } | null>(null);
    const addInput = useRef<HTMLInputElement>(null);
    const [revealed, setRevealed] = useState<ID | null>(null);

    const editing = useEditing(content.items);
    const isPlacedCompleted = usePlacement(content.items);
    const sought = useDeferredValue(filter ?? "");
    const base = useMemo(() => buildRows(editing.items, {
        view, filter: sought, expanded: completed === "expanded", isPlacedCompleted, kept: editing.id,
        compare: compareNames,
    }), [editing.items, view, sought, completed, isPlacedCompleted, editing.id]);
    const selection = useSelection(base);
    const live = useLiveMarks(model, content);
    const drop = useCallback((item: Item, drop: Drop) => carryOut(model, id, item, drop), [model, id]);
    const reorder = useReorder(base, editing.items, view, drop);
    const actions = useRowActions({ model, content, editing, selection, reorder, rows: base, showHistory: (item) => setHistory({ item }) });

    const tryOut = (example: string) => {
        void run(model.addItems(id, [parseItem(example)]));
        addInput.current?.focus();
    };
    const leaveAddBox = () => document.querySelector<HTMLElement>(".rows [tabindex='0']")?.focus();
    useHotkey("/", () => setFilter(filter ?? ""));
    useHotkey("a", () => addInput.current?.focus());
    useHotkey("s", () => !readOnly && (selection.ids ? selection.end() : selection.begin()));
    useHotkey(selection.ids ? "mod+a" : "", selection.all);
    useHotkey(selection.ids || filter !== null ? "Escape" : "", () => (selection.ids ? selection.end() : setFilter(null)));

    const isEmpty = content.items.length === 0;
    const isDone = base[0]?.kind === "completed" && sought === "";
    return (
        <div className={selection.ids ? "list list-selecting" : "list"}>
            <ListHeader model={model} content={content} view={view} onView={setView} filter={filter} onFilter={setFilter} readOnly={readOnly}
                onSelect={selection.begin} onHistory={() => setHistory({})} />
            <div className="list-banner">{banner}</div>
            {!readOnly && (
                <AddBox model={model} list={id} inputRef={addInput}
                    onAdded={(items) => setRevealed(items[items.length - 1] ?? null)} onLeave={leaveAddBox} />
            )}
            {isEmpty && <Empty icon="list" title={t("list.empty.title")} text={t(readOnly ? "list.empty.textViewer" : "list.empty.text")}
                action={!readOnly && t("list.empty.examples").split("\n").map((example) => (
                    <Button key={example} icon="plus" label={example} onClick={() => tryOut(example)} />
                ))} />}
            {!isEmpty && base.length === 0 && <Empty icon="search" title={t("list.noMatch.title")} text={t("list.noMatch.text")} />}
            {isDone && <Empty icon="check" title={t("dashboard.done")} />}
            <RowList model={model} content={content} view={view} readOnly={readOnly} live={live} editing={editing} selection={selection}
                reorder={reorder}
                actions={actions} expanded={completed === "expanded" || sought !== ""}
                onExpand={(expanded) => setCompleted(expanded ? "expanded" : "collapsed")} revealed={revealed} />
            {selection.ids && <SelectionBar model={model} content={content} selection={selection} ids={selection.ids} />}
            {history && <HistoryDialog model={model} content={content} item={history.item} onClose={() => setHistory(null)} />}
        </div>
    );
}
