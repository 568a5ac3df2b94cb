// The box that adds items: Enter adds and stays, amounts are understood as they are typed, several pasted lines are several items.
import { useDeferredValue, useMemo, useState } from "react";
import type { ClipboardEvent, FormEvent, Ref } from "react";
import { plural, t } from "../../i18n/i18n";
import type { ID, ItemDraft, Model, Suggestion } from "../../model/types";
import { confirmDialog, Icon, IconButton } from "../kit";
import { run } from "../run";
import { Combobox } from "./Combobox";
import { formatTarget } from "./format";
import { parseItem, parseLines } from "./parse";
import { fold } from "./rows";

const suggestionsMax = 6;
const pastedWithoutAsking = 20;

interface AddBoxProps {
    model: Model;
    list: ID;
    inputRef: Ref<HTMLInputElement>;
    onAdded: (items: readonly ID[]) => void;
    onLeave: () => void;
}

export function AddBox({ model, list, inputRef, onAdded, onLeave }: AddBoxProps) {
    const [text, setText] = useState("");
    const [literal, setLiteral] = useState(false);
    const draft: ItemDraft = useMemo(() => (literal ? { name: text.trim() } : parseItem(text)), [text, literal]);
    const sought = useDeferredValue(draft.name);
    const suggestions = useMemo(() => (sought === "" ? [] : model.suggest(list, sought, suggestionsMax)), [model, list, sought]);
    const same = suggestions.find((suggestion) => fold(suggestion.name) === fold(draft.name));

    const change = (value: string) => {
        setText(value);
        if (value === "") setLiteral(false);
    };
    const add = async (drafts: readonly ItemDraft[]) => {
        change("");
        const added = await run(model.addItems(list, drafts));
        if (!added) return setText((now) => now || text);
        onAdded(added);
    };
    const submit = (event: FormEvent) => {
        event.preventDefault();
        if (draft.name !== "") void add([completed(draft, same)]);
    };
    const paste = async (event: ClipboardEvent<HTMLInputElement>) => {
        const pasted = event.clipboardData.getData("text");
        if (!/\S[^\S\n]*\r?\n\s*\S/u.test(pasted)) return;
        event.preventDefault();
        const { selectionStart, selectionEnd } = event.currentTarget;
        const drafts = parseLines(text.slice(0, selectionStart ?? 0) + pasted + text.slice(selectionEnd ?? text.length));
        const question = { title: plural("list.pasteTitle", drafts.length), text: t("list.pasteText"), confirm: t("list.add") };
        if (drafts.length <= pastedWithoutAsking || await confirmDialog(question)) await add(drafts);
    };
    const understood = draft.target ? formatTarget(draft.target, draft.unit ?? same?.unit) : null;
    return (
        <form className="add" onSubmit={submit} onKeyDown={(event) => event.key === "Escape" && (text ? change("") : onLeave())}>
            <Icon name="plus" size={20} />
            <Combobox label={t("list.addLabel")} placeholder={t("list.addPlaceholder")} inputRef={inputRef} className="add-input" maxLength={2000}
                enterKeyHint="enter" autoCapitalize="sentences" data-add
                value={text} onChange={change} onPaste={(event) => void paste(event)}
                options={suggestions.map((suggestion) => ({ key: suggestion.name, text: suggestion.name, hint: suggestion.category }))}
                onPick={(option) => void add([completed({ ...draft, name: option.text }, suggestions.find(({ name }) => name === option.text))])} />
            {understood && (
                <button type="button" className="chip chip-quantity" aria-label={t("list.takeLiterally", { quantity: understood })}
                    title={t("list.takeLiterally", { quantity: understood })} onClick={() => setLiteral(true)}>
                    <bdi>{understood}</bdi><Icon name="close" size={14} />
                </button>
            )}
            {same?.category && <span className="chip add-category"><bdi>{same.category}</bdi></span>}
            <IconButton icon="check" label={t("list.add")} type="submit" className="add-button" disabled={draft.name === ""} />
        </form>
    );
}

/** With what is known of an item of that name. */
function completed(draft: ItemDraft, known: Suggestion | undefined): ItemDraft {
    if (!known) return draft;
    return { ...draft, category: known.category, unit: draft.unit ?? (draft.target ? known.unit : null) };
}
