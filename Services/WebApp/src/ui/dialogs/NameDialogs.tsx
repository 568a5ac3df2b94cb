// Dialogs that ask for a list's name: a new one, a copy of one, another name for one.
import { useState } from "react";
import type { ReactNode } from "react";
import { t } from "../../i18n/i18n";
import type { ID, Model } from "../../model/types";
import { Button } from "../kit/Button";
import { Dialog } from "../kit/Dialog";
import { Checkbox, Field, Select } from "../kit/Field";
import { useStore } from "../kit/store";
import { closeOverlay } from "../overlay";
import { navigate } from "../router";
import { done, run } from "../run";

const nameCharactersMax = 500;

interface NameDialogProps {
    title: string;
    name: string;
    action: string;
    children?: ReactNode;
    /** What was made, to go there; or that it is done; undefined: it was not. */
    onName: (name: string) => Promise<ID | boolean | undefined>;
}

function NameDialog({ title, name: initial, action, children, onName }: NameDialogProps) {
    const [name, setName] = useState(initial);
    const [error, setError] = useState<string | null>(null);
    const submit = async () => {
        if (!name.trim()) return setError(t("error.empty_name"));
        const made = await onName(name.trim());
        if (made) closeOverlay();
        if (typeof made === "string") navigate(`/list/${made}`);
    };
    return (
        <Dialog title={title} onClose={closeOverlay} onSubmit={() => void submit()} footer={<>
            <Button label={t("common.cancel")} onClick={closeOverlay} />
            <Button kind="primary" type="submit" label={action} />
        </>}>
            <div className="stack">
                <Field label={t("create.name")} placeholder={t("create.example")} value={name} error={error} maxLength={nameCharactersMax}
                    autoComplete="off" data-autofocus onFocus={(event) => event.target.select()}
                    onChange={(event) => { setName(event.target.value); setError(null); }} />
                {children}
            </div>
        </Dialog>
    );
}

export function CreateDialog({ model, template: initial }: { model: Model; template: boolean }) {
    const templates = useStore(model.lists).filter((list) => list.template && !list.trashed && list.role !== null);
    const [from, setFrom] = useState("");
    const [template, setTemplate] = useState(initial);
    const create = (name: string) => run(from ? model.duplicateList(from, name, { template }) : model.createList(name, template));
    return (
        <NameDialog title={t(template ? "create.template" : "create.title")} name="" action={t("create.action")} onName={create}>
            {templates.length > 0 && (
                <Select label={t("create.from")} value={from} onChange={setFrom}
                    options={[{ value: "", label: t("create.blank") }, ...templates.map(({ id, name }) => ({ value: id, label: name }))]} />
            )}
            <Checkbox label={t("create.asTemplate")} hint={t("create.asTemplateHint")} checked={template} onChange={setTemplate} />
        </NameDialog>
    );
}

export function RenameDialog({ model, list }: { model: Model; list: ID }) {
    const name = nameOf(model, list);
    return (
        <NameDialog title={t("lists.rename")} name={name} action={t("common.save")}
            onName={async (next) => next === name || done(model.renameList(list, next))} />
    );
}

/** A copy of a list, or of a template as a list, or of a list as a template. */
export function DuplicateDialog({ model, list, as }: { model: Model; list: ID; as: "copy" | "template" | "list" }) {
    const name = nameOf(model, list);
    const [keepProgress, setKeepProgress] = useState(false);
    const duplicate = (next: string) => run(model.duplicateList(list, next, { keepProgress, template: as === "template" }));
    const copyName = t("duplicate.name", { name }).replace(/[\u2068\u2069]/g, "");
    const titles = { copy: "lists.duplicate", template: "lists.makeTemplate", list: "lists.useTemplate" };
    return (
        <NameDialog title={t(titles[as])} name={as === "copy" ? copyName : name} action={t("create.action")} onName={duplicate}>
            {as === "copy" && <Checkbox label={t("duplicate.keep")} checked={keepProgress} onChange={setKeepProgress} />}
            {as === "template" && <p className="field-hint">{t("create.asTemplateHint")}</p>}
        </NameDialog>
    );
}

function nameOf(model: Model, list: ID): string {
    return model.lists.get().find(({ id }) => id === list)?.name ?? "";
}
