// A change of the past, in words.
import { formatNumber, has, t } from "../../i18n/i18n";
import type { HistoryChange, ItemDraft, SetAside } from "../../model/types";
import { cut } from "./words";

const roles: Record<string, string> = { 1: "owner", 2: "editor", 3: "viewer" };

/** Somebody who is not a member any more is known by an id only, unless it is about them. */
export function personOf({ by, item, itemName }: HistoryChange): string | null {
    if (by === item) return itemName;
    return /^[0-9a-f]{32}$/.test(by) ? null : by;
}

export function historyWords({ field, from, to, itemName, item }: HistoryChange): string {
    if (field === "removed" && !itemName && typeof from !== "string") return t("history.link.ended");
    const quoted = (text: string) => t("history.quoted", { text: cut(text, 60) });
    const name = itemName ? quoted(itemName) : t("history.anItem");
    const role = field === "role" || field === "invitation";
    const words = (value: unknown) => {
        if (role) return t(`role.${roles[String(value)] ?? value}`);
        return typeof value === "number" ? formatNumber(value) : quoted(String(value));
    };
    const gone = to === null || to === undefined || to === "";
    const none = from === null || from === undefined || from === "";
    const params = { name, from: none ? "" : words(from), to: gone ? "" : words(to) };
    const about = item === null ? "list" : field;
    const key = `history.${about === "list" ? `list.${field}` : field}`;
    const forms = [
        typeof to === "boolean" && `${key}.${to}`, gone && `${key}.none`, none && `${key}.first`, key,
    ];
    const found = forms.find((form): form is string => typeof form === "string" && has(form));
    return found ? t(found, params) : t("history.changed", params);
}

/** What a change that the server refused was meant to do, each field that has words. */
export function asideWords({ changes, itemName }: SetAside): string[] {
    const name = t("history.quoted", { text: cut(itemName ?? "", 60) });
    if (!changes) return [t("history.removed", { name })];
    return changes.flatMap(({ field, to }) => {
        if (typeof to === "boolean") return has(`history.${field}.${to}`) ? [t(`history.${field}.${to}`, { name })] : [];
        const text = typeof to === "number" ? formatNumber(to) : to ?? "–";
        const label = has(`list.field.${field}`) && t(`list.field.${field}`);
        return label ? [`${label}: ${text}`] : [];
    });
}

/** Where going back to what was makes sense. */
export function isRestorable({ field, item, from, to }: HistoryChange): boolean {
    if (field === "removed") return typeof from === "string";
    if (field === "name") return typeof from === "string" && from !== "";
    if (item === null) return false;
    return ["note", "category", "checked", "target", "unit"].includes(field) && from !== to;
}

/** An item as it was when it was removed: of each field what it was set to last. `changes` are its history, newest first. */
export function draftBefore(changes: readonly HistoryChange[], removedAt: string, name: string): ItemDraft {
    const removal = changes.findIndex(({ at, field }) => at === removedAt && field === "removed");
    const draft: Record<string, unknown> = {};
    for (const { field, to } of changes.slice(removal + 1).reverse()) {
        if (["note", "category", "unit", "target", "acquired", "checked"].includes(field)) draft[field] = to ?? undefined;
    }
    return { ...draft, name };
}

/** What an item or the list was made with goes without saying. */
export function worthTelling(changes: readonly HistoryChange[]): HistoryChange[] {
    const moment = ({ at, item }: HistoryChange, of = item) => `${at} ${of}`;
    const made = new Set(changes.filter(({ field, from }) => field === "name" && from === null).map((change) => moment(change)));
    return changes.filter((change) => change.field === "name" || !made.has(moment(change, change.field === "role" ? null : change.item)));
}
