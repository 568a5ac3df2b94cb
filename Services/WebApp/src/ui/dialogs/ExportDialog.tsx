// One list, or everything, into a file.
import { useState } from "react";
import { t } from "../../i18n/i18n";
import { fileList, fileName, formats, mediaTypes, writeLists } from "../../io";
import type { Format } from "../../io";
import type { ID, Model } from "../../model/types";
import { Button } from "../kit/Button";
import { Dialog } from "../kit/Dialog";
import { toast } from "../kit/Toasts";
import { closeOverlay } from "../overlay";
import { done } from "../run";

const names: Partial<Record<Format, string>> = { json: "JSON", csv: "CSV", markdown: "Markdown" };

export function ExportDialog({ model, list }: { model: Model; list?: ID }) {
    const [format, setFormat] = useState<Format>(list ? "text" : "json");
    const summaries = model.lists.get().filter(({ id, role }) => role !== null && (list === undefined || id === list));
    const name = list === undefined ? "Larder" : summaries[0]?.name ?? "";
    const write = async (carryOut: (text: string) => unknown) => {
        const lists = summaries.flatMap(({ id, template }) => {
            const content = model.peek(id);
            return content ? [fileList(content, template)] : [];
        });
        await carryOut(writeLists(lists, format));
        closeOverlay();
    };
    const copy = async (text: string) => {
        if (await done(navigator.clipboard.writeText(text))) toast({ text: t("export.copied") });
    };
    return (
        <Dialog title={list === undefined ? t("storage.export") : t("export.title")} onClose={closeOverlay}
            onSubmit={() => void write((text) => download(text, fileName(name, format), mediaTypes[format]))} footer={<>
                <Button icon="copy" label={t("export.copy")} onClick={() => void write(copy)} disabled={!navigator.clipboard} />
                <Button kind="primary" type="submit" icon="download" label={t("export.download")} />
            </>}>
            <fieldset className="options">
                <legend>{t("export.format")}</legend>
                {formats.map((choice) => (
                    <label key={choice} className="option">
                        <input type="radio" className="radio" name="format" checked={choice === format} onChange={() => setFormat(choice)} />
                        <span><strong>{names[choice] ?? t("format.textName")}</strong><small>{t(`format.${choice}`)}</small></span>
                    </label>
                ))}
            </fieldset>
        </Dialog>
    );
}

function download(text: string, name: string, type: string): void {
    const url = URL.createObjectURL(new Blob([text], { type }));
    const link = document.createElement("a");
    link.href = url;
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
