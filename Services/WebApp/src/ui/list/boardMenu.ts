// What can be done with the list that is open: what can be done with any list, and with its items together.
import { t } from "../../i18n/i18n";
import type { ListContent, ListSummary, Model } from "../../model/types";
import { listMenu } from "../dashboard/listMenu";
import type { MenuItem } from "../kit";
import { run } from "../run";

interface Commands {
    select(): void;
    history(): void;
}

export function boardMenu(
    model: Model, content: ListContent, summary: ListSummary | undefined, edits: boolean, { select, history }: Commands,
): (MenuItem | false)[] {
    const { id: list, items } = content;
    const whole = summary ? listMenu(model, summary) : [];
    const completed = items.filter((item) => item.checked).map((item) => item.id);
    return [
        edits && { label: t("list.select"), icon: "select", disabled: items.length === 0, onSelect: select },
        edits && {
            label: t("list.clearCompleted"), icon: "check", disabled: completed.length === 0, onSelect: () => void run(model.clearCompleted(list)),
        },
        edits && {
            label: t("list.uncheckAll"), icon: "restore", disabled: completed.length === 0,
            onSelect: () => void run(model.setChecked(list, completed, false)),
        },
        ...whole.slice(0, -1).map((item, index) => ({ ...item, divided: edits && index === 0 })),
        { label: t("history.title"), icon: "history", onSelect: history },
        { label: t("list.print"), icon: "print", onSelect: () => print() },
        ...whole.slice(-1),
    ];
}
