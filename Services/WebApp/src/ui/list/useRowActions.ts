// What rows can ask for, as one object that stays the same, so that rows are not drawn again because of it.
import { useMemo, useRef } from "react";
import { t } from "../../i18n/i18n";
import type { Item, ListContent, Model } from "../../model/types";
import { announce } from "../kit";
import { done, run } from "../run";
import type { RowActions } from "./ItemRow";
import type { Row } from "./rows";
import { commonUnits } from "./units";
import type { Editing } from "./useEditing";
import type { Reorder } from "./useReorder";
import type { Selection } from "./useSelection";

export interface Around {
    model: Model;
    content: ListContent;
    editing: Editing;
    selection: Selection;
    reorder: Reorder;
    rows: readonly Row[];
    showHistory(item: Item): void;
}

export function useRowActions(around: Around): RowActions {
    const latest = useRef(around);
    latest.current = around;
    return useMemo(() => {
        const now = () => latest.current;
        const list = () => now().content.id;
        return {
            toggle: (item) => void run(now().model.setChecked(list(), [item.id], !item.checked)),
            take: (item, amount) => void run(now().model.take(list(), item.id, amount)),
            edit: (item) => now().editing.edit(item),
            select: (item, range) => now().selection.toggle(item.id, range),
            grip: (item) => {
                if (now().reorder.begin(item.id, null)) announce(t("list.gripped", { name: item.name }));
            },
            resolve: (item, conflict, value) => void run(now().model.resolveConflict(list(), item.id, conflict.field, value)),
            editor: {
                units: () => [...new Set([...now().content.items.flatMap(({ unit }) => (unit === null ? [] : [unit])), ...commonUnits])],
                categories: () => now().model.categories(list()),
                async save(item, patch, typed) {
                    if (await done(now().model.editItem(list(), item.id, patch))) return;
                    const { editing } = now();
                    if (editing.id === null) editing.edit(item, typed); // else another is being edited by now
                },
                typed: () => now().editing.typed,
                addAgain: (draft) => void run(now().model.addItems(list(), [draft])),
                remove: (item) => void run(now().model.removeItems(list(), [item.id])),
                showHistory: (item) => now().showHistory(item),
            },
        };
    }, []);
}
