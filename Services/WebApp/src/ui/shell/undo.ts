// Undo and redo, with the words for what was done.
import { useEffect } from "react";
import { plural, t } from "../../i18n/i18n";
import type { Model, UndoStep } from "../../model/types";
import { announce, toast } from "../kit/Toasts";
import { done } from "../run";

/** Steps come back into `undoable` while they are undone and redone; only one that is new is told. */
let busy = false;
/** One toast for all of them. */
const key = "undo";

export function useUndoToast(model: Model): void {
    useEffect(() => {
        let newest = model.undoable.get()?.id ?? 0;
        return model.undoable.subscribe(() => {
            const step = model.undoable.get();
            if (!step || step.id <= newest) return;
            newest = step.id;
            if (!busy) toast({ text: undoWords(model, step), key, action: { label: t("undo"), onSelect: () => void undo(model) } });
        });
    }, [model]);
}

export async function undo(model: Model): Promise<void> {
    const step = model.undoable.get();
    if (!step) return announce(t("undo.nothing"));
    const what = undoWords(model, step);
    if (await quietly(() => model.undo())) {
        toast({ text: t("undo.done", { what }), key, action: { label: t("redo"), onSelect: () => void redo(model) } });
    }
}

export async function redo(model: Model): Promise<void> {
    const step = model.redoable.get();
    if (!step) return announce(t("redo.nothing"));
    if (await quietly(() => model.redo())) {
        const what = undoWords(model, step);
        toast({ text: t("redo.done", { what }), key, action: { label: t("undo"), onSelect: () => void undo(model) } });
    }
}

async function quietly(command: () => Promise<void>): Promise<boolean> {
    busy = true;
    const isDone = await done(command());
    busy = false;
    return isDone;
}

const counted: readonly UndoStep["kind"][] = ["add", "edit", "check", "uncheck", "take", "remove", "move", "clear"];
/** A switch that one kind turns on and off. */
const switches = { trash: "trashed", archive: "archived", pin: "pinned", template: "template" } as const;

function undoWords(model: Model, { kind, params: { count = 1, name }, list }: UndoStep): string {
    if (counted.includes(kind)) return t(`undo.${kind}`, { what: name && count === 1 ? name : plural("items", count) });
    const summary = model.lists.get().find(({ id }) => id === list);
    const off = kind in switches && summary && !summary[switches[kind as keyof typeof switches]];
    return t(off ? `undo.${kind}.off` : `undo.${kind}`, { name: name ?? summary?.name ?? "" });
}
