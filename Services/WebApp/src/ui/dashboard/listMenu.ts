// What can be done with a whole list; what takes it away comes last.
import { t } from "../../i18n/i18n";
import type { ID, ListSummary, Model } from "../../model/types";
import { confirmDialog } from "../kit/Confirm";
import type { MenuItem } from "../kit/Menu";
import { showOverlay } from "../overlay";
import { currentRoute, navigate } from "../router";
import { done, run } from "../run";

export function listMenu(model: Model, summary: ListSummary): MenuItem[] {
    const { id: list, role, pinned, archived, template, trashed } = summary;
    const owner = role === "owner";
    const ending: MenuItem = owner
        ? { label: t("lists.trash"), icon: "trash", danger: true, divided: true, onSelect: () => void trash(model, summary) }
        : { label: t("lists.leave"), icon: "leave", danger: true, divided: true, onSelect: () => void leave(model, summary) };
    const exporting: MenuItem = { label: t("export.title"), icon: "download", onSelect: () => showOverlay({ kind: "export", list }) };
    if (trashed) {
        const restore: MenuItem = { label: t("lists.restore"), icon: "restore", onSelect: () => void run(model.setTrashed(list, false)) };
        return owner ? [restore, exporting] : [exporting, ending];
    }
    const all: (MenuItem | false)[] = [
        template && { label: t("lists.useTemplate"), icon: "plus", onSelect: () => showOverlay({ kind: "duplicate", list, as: "list" }) },
        { label: t("lists.share"), icon: "share", onSelect: () => showOverlay({ kind: "share", list }) },
        { label: t(pinned ? "lists.unpin" : "lists.pin"), icon: "pin", onSelect: () => void run(model.setPinned(list, !pinned)) },
        role !== "viewer" && { label: t("lists.rename"), icon: "edit", onSelect: () => showOverlay({ kind: "rename", list }) },
        { label: t("lists.duplicate"), icon: "copy", onSelect: () => showOverlay({ kind: "duplicate", list, as: "copy" }) },
        template
            ? { label: t("lists.noTemplate"), icon: "template", onSelect: () => void run(model.setTemplate(list, false)) }
            : { label: t("lists.makeTemplate"), icon: "template", onSelect: () => showOverlay({ kind: "duplicate", list, as: "template" }) },
        role !== "viewer" && { label: t("import.into"), icon: "upload", onSelect: () => showOverlay({ kind: "import", list }) },
        exporting,
        { label: t(archived ? "lists.unarchive" : "lists.archive"), icon: "archive", onSelect: () => void run(model.setArchived(list, !archived)) },
        ending,
    ];
    return all.filter((item): item is MenuItem => item !== false);
}

async function trash(model: Model, { id, memberCount, name }: ListSummary): Promise<void> {
    const question = { title: t("lists.trashShared", { name }), text: t("lists.trashSharedText"), confirm: t("lists.trash"), danger: true };
    if (memberCount > 1 && !await confirmDialog(question)) return;
    if (await done(model.setTrashed(id, true))) leaveScreen(id);
}

/** Whether the person is no member any more. */
export async function leave(model: Model, { id, name }: { id: ID; name: string }): Promise<boolean> {
    const question = { title: t("lists.leaveTitle", { name }), text: t("lists.leaveText"), confirm: t("lists.leave"), danger: true };
    const left = await confirmDialog(question) && await done(model.leave(id));
    if (left) leaveScreen(id);
    return left;
}

function leaveScreen(list: ID): void {
    const route = currentRoute();
    if (route.name === "list" && route.id === list) navigate("/");
}
