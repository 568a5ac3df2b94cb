// What can be done with the items that are selected.
import { useState } from "react";
import { plural, t } from "../../i18n/i18n";
import type { ID, ListContent, Model } from "../../model/types";
import { Button, Dialog, IconButton } from "../kit";
import { run } from "../run";
import { Combobox } from "./Combobox";
import { fold } from "./rows";
import type { Selection } from "./useSelection";

interface SelectionBarProps {
    model: Model;
    content: ListContent;
    selection: Selection;
    ids: ReadonlySet<ID>;
}

export function SelectionBar({ model, content, selection, ids }: SelectionBarProps) {
    const [choosing, setChoosing] = useState(false);
    const selected = content.items.filter((item) => ids.has(item.id));
    const none = selected.length === 0;
    const checks = none || selected.some((item) => !item.checked);
    const act = async (command: () => Promise<unknown>) => {
        setChoosing(false);
        await run(command());
        selection.end();
    };
    return (
        <div className="selection" role="toolbar" aria-label={t("list.selection")}>
            <IconButton icon="close" label={t("list.selectionEnd")} onClick={selection.end} />
            <span className="selection-count" role="status">{plural("list.selected", selected.length)}</span>
            <IconButton icon="select" label={t("list.selectAll")} onClick={selection.all} />
            <IconButton icon={checks ? "check" : "restore"} label={t(checks ? "list.check" : "list.uncheck")} disabled={none}
                onClick={() => void act(() => model.setChecked(content.id, [...ids], checks))} />
            <IconButton icon="category" label={t("list.moveToCategory")} disabled={none} onClick={() => setChoosing(true)} />
            <IconButton icon="trash" label={t("list.remove")} disabled={none}
                onClick={() => void act(() => model.removeItems(content.id, [...ids]))} />
            {choosing && <CategoryDialog categories={model.categories(content.id)} onClose={() => setChoosing(false)}
                onChoose={(category) => void act(() => model.editItems(content.id, [...ids], { category }))} />}
        </div>
    );
}

interface CategoryDialogProps {
    categories: readonly string[];
    onChoose: (category: string | null) => void;
    onClose: () => void;
}

function CategoryDialog({ categories, onChoose, onClose }: CategoryDialogProps) {
    const [text, setText] = useState("");
    const shown = categories.filter((category) => fold(category).includes(fold(text))).map((category) => ({ key: category, text: category }));
    return (
        <Dialog title={t("list.moveToCategory")} onClose={onClose} onSubmit={() => onChoose(text.trim() || null)}
            footer={<Button kind="primary" type="submit" label={t(text.trim() ? "list.moveHere" : "list.withoutCategory")} />}>
            <Combobox label={t("list.field.category")} placeholder={t("list.categoryPlaceholder")} className="input"
                data-autofocus opensOnFocus maxLength={100}
                value={text} options={shown} onChange={setText} onPick={(option) => onChoose(option.text)} />
        </Dialog>
    );
}
