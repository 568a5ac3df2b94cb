// Edits an item in its row. Enter saves, Escape gives up, and what was typed is kept whatever else happens to the item.
import { useEffect, useRef, useState } from "react";
import type { FormEvent, KeyboardEvent } from "react";
import { t } from "../../i18n/i18n";
import type { Item, ItemPatch } from "../../model/types";
import { Button, Field, IconButton } from "../kit";
import { Combobox } from "./Combobox";
import type { Option } from "./Combobox";
import { draftOf, patchOf, shownValue } from "./itemDraft";
import type { Typed, TypedField } from "./itemDraft";
import { fold } from "./rows";
import { cut } from "./words";

/** What the editor needs of the list around it. */
export interface EditorContext {
    units(): readonly string[];
    categories(): readonly string[];
    /** Opens the editor again, with what was typed, if it cannot be kept. */
    save(item: Item, patch: ItemPatch, typed: Typed): Promise<void>;
    /** What was typed before the editor was opened again. */
    typed(): Typed;
    /** It was removed meanwhile. */
    addAgain(draft: ReturnType<typeof draftOf>): void;
    remove(item: Item): void;
    showHistory(item: Item): void;
}

interface ItemEditorProps {
    item: Item;
    gone: boolean;
    context: EditorContext;
    onDone: () => void;
}

const offeredMax = 8;

export function ItemEditor({ item, gone, context, onDone }: ItemEditorProps) {
    const [typed, setTyped] = useState<Typed>(context.typed);
    const [opened] = useState(item);
    const kept = useRef({ typed, item, gone, context });
    kept.current = { typed, item, gone, context };
    const form = useRef<HTMLFormElement>(null);
    useEffect(() => {
        form.current?.parentElement?.scrollIntoView({ block: "nearest" });
        return () => commit(kept.current);
    }, []);

    const give = (typed: Typed) => {
        kept.current = { ...kept.current, typed };
        onDone();
    };
    const field = (name: TypedField) => ({
        value: shownValue(item, typed, name), onChange: (value: string) => setTyped((now) => ({ ...now, [name]: value })),
    });
    const native = (name: TypedField) => {
        const { value, onChange } = field(name);
        return { value, onChange: (event: { target: { value: string } }) => onChange(event.target.value) };
    };
    const choice = (name: "unit" | "category", all: readonly string[]) => ({
        ...field(name), options: offered(all, typed[name] ?? ""), onPick: (option: Option) => setTyped((now) => ({ ...now, [name]: option.text })),
        opensOnFocus: true, className: "input",
        label: t(`list.field.${name}`), maxLength: name === "unit" ? 40 : 100,
    });
    const hasName = shownValue(item, typed, "name").trim() !== "";
    const save = (event: FormEvent) => {
        event.preventDefault();
        if (hasName) onDone();
    };
    const press = (event: KeyboardEvent) => {
        if (event.key !== "Escape") return;
        event.preventDefault();
        event.stopPropagation();
        give({});
    };
    const changedMeanwhile = typed.name !== undefined && item.name !== opened.name;
    return (
        <form ref={form} className="editor" onSubmit={save} onKeyDown={press} aria-label={t("list.editItem", { name: item.name })}>
            {gone && <p className="editor-say editor-wide" role="status">{t("list.goneWhileEditing")}</p>}
            <Field label={t("list.field.name")} className="editor-wide" autoFocus maxLength={500} enterKeyHint="done"
                error={hasName ? null : t("error.empty_name")} {...native("name")} />
            {changedMeanwhile && <p className="editor-say editor-wide" role="status">{t("list.changedMeanwhile", { name: cut(item.name) })}</p>}
            <Field label={t("list.field.quantity")} inputMode="decimal" maxLength={12} enterKeyHint="done" {...native("quantity")} />
            <label className="field"><span>{t("list.field.unit")}</span><Combobox {...choice("unit", context.units())} /></label>
            <label className="field editor-category">
                <span>{t("list.field.category")}</span><Combobox {...choice("category", context.categories())} />
            </label>
            <label className="field editor-wide">
                <span>{t("list.field.note")}</span>
                <textarea className="input" rows={2} maxLength={5000} dir={shownValue(item, typed, "note") ? "auto" : undefined} {...native("note")}
                    onKeyDown={(event) => {
                        if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
                        event.preventDefault();
                        event.currentTarget.form?.requestSubmit();
                    }} />
            </label>
            <div className="editor-actions editor-wide">
                {!gone && <IconButton icon="trash" label={t("list.remove")} onClick={() => { give({}); context.remove(item); }} />}
                {!gone && <IconButton icon="history" label={t("list.itemHistory")} onClick={() => context.showHistory(item)} />}
                <span className="spacer" />
                <Button kind="ghost" label={t("common.cancel")} onClick={() => give({})} />
                <Button kind="primary" label={t(gone ? "list.addAgain" : "common.save")} type="submit" disabled={!hasName} />
            </div>
        </form>
    );
}

function offered(all: readonly string[], typed: string): Option[] {
    const sought = fold(typed);
    return all.filter((text) => fold(text).includes(sought) && text !== typed).slice(0, offeredMax).map((text) => ({ key: text, text }));
}

/** However the editor is left, short of giving up: nothing typed is lost. */
function commit({ typed, item, gone, context }: { typed: Typed; item: Item; gone: boolean; context: EditorContext }): void {
    const patch = patchOf(item, typed);
    if (!patch) return;
    if (gone) context.addAgain(draftOf(item, typed));
    else void context.save(item, patch, typed);
}
