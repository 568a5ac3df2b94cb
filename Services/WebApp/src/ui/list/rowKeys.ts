// Keys pressed in a row.
import type { KeyboardEvent } from "react";
import { t } from "../../i18n/i18n";
import type { Item, ListContent, Model } from "../../model/types";
import { announce, isTyping } from "../kit";
import { run } from "../run";
import { carryOut } from "./carryOut";
import { changesCategory, dropAt, moved, places } from "./drop";
import type { RowActions } from "./ItemRow";
import type { Row, View } from "./rows";
import type { Reorder } from "./useReorder";
import type { RowFocus } from "./useRowFocus";
import type { Selection } from "./useSelection";

interface Surroundings {
    model: Model;
    content: ListContent;
    view: View;
    readOnly: boolean;
    rows: readonly Row[];
    focus: RowFocus;
    selection: Selection;
    reorder: Reorder;
    actions: RowActions;
}

export function pressedInRow(event: KeyboardEvent, around: Surroundings): void {
    if (event.defaultPrevented || isTyping(event.target)) return;
    const { rows, focus } = around;
    const index = rows.findIndex((row) => row.key === (event.target as HTMLElement).closest<HTMLElement>("[data-key]")?.dataset.key);
    if (index < 0) return;
    const handled = around.reorder.dragged !== null
        ? pressedWhileDragging(event.key, around)
        : pressedToGo(event, index, around) || (!around.readOnly && pressedToDo(event, index, around));
    if (!handled) return;
    event.preventDefault();
    event.stopPropagation();
    if (handled === "stay") focus.focus(index);
}

type Handled = boolean | "stay";

/** The row that was picked up by its handle. */
function pressedWhileDragging(key: string, { reorder }: Surroundings): Handled {
    if (!reorder.byKeyboard) return false;
    if (key === "ArrowDown" || key === "ArrowUp") {
        const place = reorder.step(key === "ArrowDown" ? 1 : -1);
        if (place) {
            const { position, of, category } = place;
            const params = { position, of, category: category ?? t("list.noCategory") };
            announce(t(category === undefined ? "list.movedTo" : "list.movedToCategory", params));
        }
    } else if (key === " " || key === "Enter") {
        reorder.finish(false);
        announce(t("list.dropped"));
    } else if (key === "Escape" || key === "Tab") {
        reorder.finish(true);
        announce(t("list.moveCancelled"));
        return key === "Escape";
    }
    return true;
}

function pressedToGo(event: KeyboardEvent, index: number, { rows, focus, selection, readOnly }: Surroundings): Handled {
    if (event.altKey || event.ctrlKey || event.metaKey) return false;
    const by = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -index, End: rows.length - 1 - index }[event.key];
    if (by === undefined) return false;
    const row = rows[index];
    if (event.shiftKey && !readOnly && row.kind === "item") {
        if (!selection.ids?.has(row.key)) selection.toggle(row.key, false);
        const next = rows[index + by];
        if (next?.kind === "item") selection.toggle(next.key, true);
    }
    focus.step(by);
    return true;
}

function pressedToDo(event: KeyboardEvent, index: number, around: Surroundings): Handled {
    const { rows, actions, selection, model, content } = around;
    const row = rows[index];
    if (row.kind !== "item" || event.ctrlKey || event.metaKey) return false;
    if (event.altKey) {
        const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
        if (by === undefined || row.completed) return false;
        step(row.item, index, by, around);
        return "stay";
    }
    switch (event.key) {
    case "x":
        if (selection.ids) selection.toggle(row.key, false);
        else actions.toggle(row.item);
        return true;
    case "e":
        actions.edit(row.item);
        return true;
    case "+":
    case "-":
        if (!row.item.quantity) return false;
        if (event.key === "+" ? row.item.quantity.remaining > 0 : row.item.quantity.acquired > 0) actions.take(row.item, event.key === "+" ? 1 : -1);
        return true;
    case "Delete":
    case "Backspace":
        void run(model.removeItems(content.id, selection.ids?.size ? [...selection.ids] : [row.key]));
        return "stay";
    default:
        return false;
    }
}

/** One place up or down, over the heading of a category into it. */
function step(item: Item, index: number, by: number, { rows, content, view, model }: Surroundings): void {
    const [first, last] = places(rows, view);
    const place = index + by;
    if (place < first || place > last) return;
    const drop = dropAt(content.items, moved(rows, index, place), place);
    void carryOut(model, content.id, item, drop);
    const { category } = drop;
    const key = changesCategory(item, drop) ? "list.nowIn" : by > 0 ? "list.movedDown" : "list.movedUp";
    announce(t(key, { name: item.name, category: category ?? t("list.noCategory") }));
}
