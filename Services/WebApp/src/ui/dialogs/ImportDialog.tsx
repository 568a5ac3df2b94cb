// Lists from a file or from pasted text: shows what was found, then makes new lists or adds to one.
import { useMemo, useState } from "react";
import type { DragEvent } from "react";
import { plural, t } from "../../i18n/i18n";
import { itemWords, readLists } from "../../io";
import type { FileList } from "../../io";
import type { ID, Model } from "../../model/types";
import { Button } from "../kit/Button";
import { Dialog } from "../kit/Dialog";
import { Field, Select } from "../kit/Field";
import { Icon } from "../kit/Icon";
import { useStore } from "../kit/store";
import { closeOverlay } from "../overlay";
import { navigate } from "../router";
import { run } from "../run";
import { importInto, importNew } from "./importLists";

const shownItems = 6;
const fileBytesMax = 20_000_000;

export function ImportDialog({ model, list }: { model: Model; list?: ID }) {
    const [text, setText] = useState("");
    const [file, setFile] = useState("");
    const [name, setName] = useState("");
    const [into, setInto] = useState<string>(list ?? "");
    const [error, setError] = useState<string | null>(null);
    const [busy, setBusy] = useState(false);
    const found = useMemo(() => text.trim() ? readLists(text, file) : null, [text, file]);
    const single = found?.length === 1 ? found[0] : null;
    const count = found?.reduce((sum, { items }) => sum + items.length, 0) ?? 0;
    const choices = useStore(model.lists).filter((other) => !other.trashed && (other.role === "owner" || other.role === "editor"));

    const take = async (chosen: File | undefined) => {
        if (!chosen) return;
        if (chosen.size > fileBytesMax) return setError(t("import.tooLarge"));
        const content = await chosen.text();
        setFile(chosen.name);
        setText(content);
        setError(readLists(content, chosen.name) ? null : t("import.nothing"));
    };
    const submit = async () => {
        if (!found) return setError(t("import.nothing"));
        setBusy(true);
        const named = single ? [{ ...single, name: name.trim() || single.name || t("import.unnamed") }] : found;
        const target = await run(into ? importInto(model, into, found) : importNew(model, named));
        setBusy(false);
        if (!target) return;
        closeOverlay();
        navigate(!into && found.length > 1 ? "/" : `/list/${target}`);
    };
    return (
        <Dialog title={t("import.title")} onClose={closeOverlay} onSubmit={() => void submit()} footer={<>
            <Button label={t("common.cancel")} onClick={closeOverlay} />
            <Button kind="primary" type="submit" busy={busy} disabled={!found} label={t("import.title")} />
        </>}>
            <div className="stack">
                <FileDrop file={file} onFile={(chosen) => void take(chosen)} />
                <label className="field">
                    <span>{t("import.paste")}</span>
                    <textarea className="input" rows={4} dir={text ? "auto" : undefined} value={text} placeholder={t("import.example")}
                        onChange={(event) => { setText(event.target.value); setFile(""); setError(null); }} />
                </label>
                {error && <p className="field-error" role="alert">{error}</p>}
                {found && <Preview lists={found} count={count} />}
                {found && (
                    <Select label={t("import.where")} value={into} onChange={setInto} options={[
                        { value: "", label: single ? t("import.new") : t("import.newSeveral", { count: found.length }) },
                        ...choices.map((other) => ({ value: other.id, label: other.name })),
                    ]} />
                )}
                {single && !into && (
                    <Field label={t("create.name")} value={name} placeholder={single.name || t("import.unnamed")}
                        onChange={(event) => setName(event.target.value)} />
                )}
            </div>
        </Dialog>
    );
}

function FileDrop({ file, onFile }: { file: string; onFile: (file: File | undefined) => void }) {
    const drop = (event: DragEvent) => {
        event.preventDefault();
        onFile(event.dataTransfer.files[0]);
    };
    return (
        <label className="file-drop" onDragOver={(event) => event.preventDefault()} onDrop={drop}>
            <Icon name="upload" />
            <span><strong>{file || t("import.choose")}</strong><small>{t("import.formats")}</small></span>
            <input type="file" className="sr-only" accept=".json,.csv,.tsv,.txt,.md,.markdown,text/*,application/json"
                onChange={(event) => { onFile(event.target.files?.[0]); event.target.value = ""; }} />
        </label>
    );
}

function Preview({ lists, count }: { lists: readonly FileList[]; count: number }) {
    const items = lists.flatMap((list) => list.items).slice(0, shownItems);
    return (
        <section className="preview" aria-live="polite">
            <h3>{plural("items", count)}</h3>
            <ul>
                {items.map((item, index) => (
                    <li key={index} dir="auto"><Icon name={item.checked ? "select" : "square"} size={16} />{itemWords(item)}</li>
                ))}
            </ul>
            {count > items.length && <p className="field-hint">{t("import.more", { count: count - items.length })}</p>}
        </section>
    );
}
