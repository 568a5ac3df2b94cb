// The rows that are in the page, and all that keys and fingers do to them.
import { useLayoutEffect, useEffect, useRef } from "react";
import type { ID, ListContent, Model } from "../../model/types";
import { ItemRow } from "./ItemRow";
import type { RowActions } from "./ItemRow";
import { CompletedHead, GroupHead } from "./Heads";
import { useGlide } from "./motion";
import { pressedInRow } from "./rowKeys";
import type { Row, View } from "./rows";
import type { Editing } from "./useEditing";
import { useGestures } from "./useGestures";
import type { Reorder } from "./useReorder";
import { useRowFocus } from "./useRowFocus";
import type { Selection } from "./useSelection";
import { useWindow } from "./useWindow";
import { run } from "../run";

interface RowListProps {
    model: Model;
    content: ListContent;
    view: View;
    readOnly: boolean;
    live: ReadonlyMap<ID, string>;
    editing: Editing;
    selection: Selection;
    reorder: Reorder;
    actions: RowActions;
    expanded: boolean;
    onExpand: (expanded: boolean) => void;
    /** An item that was just added. */
    revealed: ID | null;
}

export function RowList(props: RowListProps) {
    const { model, content, readOnly, editing, selection, reorder, actions, revealed } = props;
    const { rows, dragged } = reorder;
    const container = useRef<HTMLDivElement>(null);
    const focus = useRowFocus(container, rows);
    const shown = useWindow(container, rows, [focus.current, editing.id, dragged]);
    reorder.attach(shown);
    useGlide(shown, rows, dragged);
    useGestures(container, {
        enabled: !readOnly,
        onSwipe(key, swipe) {
            const item = content.items.find((item) => item.id === key);
            if (!item || selection.ids) return;
            if (swipe === "check") actions.toggle(item);
            else void run(model.removeItems(content.id, [key]));
        },
        onLongPress: (key) => selection.toggle(key, false),
        onDragStart: (key, y) => selection.ids === null && reorder.begin(key, y),
        onDragMove: reorder.point,
        onDragEnd: reorder.finish,
    });
    const latest = useRef({ rows, reveal: shown.reveal });
    useLayoutEffect(() => { latest.current = { rows, reveal: shown.reveal }; });
    useEffect(() => {
        if (revealed) latest.current.reveal(latest.current.rows.findIndex((row) => row.key === revealed));
    }, [revealed]);

    const draw = (row: Row, index: number) => {
        const place = { position: index + 1, count: rows.length };
        if (row.kind === "group") return <GroupHead key={row.key} row={row} {...place} />;
        if (row.kind === "completed") {
            return (
                <CompletedHead key={row.key} row={row} {...place} expanded={props.expanded} current={focus.current === row.key}
                    onExpand={props.onExpand}
                    onClear={readOnly ? null : () => void run(model.clearCompleted(content.id))} />
            );
        }
        return (
            <ItemRow key={row.key} first={rows[index - 1]?.kind !== "item"} last={rows[index + 1]?.kind !== "item"} {...place}
                item={row.item} readOnly={readOnly} actions={actions} shared={content.members.length > 1}
                showsCategory={props.view === "hand" || row.completed} live={props.live.get(row.key) ?? null} current={focus.current === row.key}
                dragged={dragged === row.key} draggable={!readOnly && !row.completed} selected={selection.ids && selection.ids.has(row.key)}
                editing={editing.id === row.key} gone={editing.gone && editing.id === row.key} />
        );
    };
    return (
        <div ref={container} role="list" aria-label={content.name} className={dragged ? "rows rows-dragging" : "rows"}
            onFocus={focus.onFocus} onBlur={focus.onBlur}
            onKeyDown={(event) => pressedInRow(event, { ...props, rows, focus })}>
            {shown.segments.map((segment) => segment.kind === "spacer"
                ? <div key={`spacer ${segment.first}`} className="rows-spacer" style={{ blockSize: segment.height }} aria-hidden="true" />
                : rows.slice(segment.first, segment.last + 1).map((row, index) => draw(row, segment.first + index)))}
        </div>
    );
}
