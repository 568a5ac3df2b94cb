// A change of the past, in words.
import { formatNumber, has, t } from "../../i18n/i18n";
import type { HistoryChange } from "../../model/types";
import { isolate } from "./words";

const roles: Record<string, string> = { 1: "owner", 2: "editor", 3: "viewer" };

/** Somebody who is not a member any more is known by an id only. */
export function personOf(change: HistoryChange): string | null {
    return /^[0-9a-f]{32}$/.test(change.by) ? null : change.by;
}

export function historyWords({ field, from, to, itemName, item }: HistoryChange): string {
    const quoted = (text: string) => t("history.quoted", { text: isolate(text, 60) });
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
    return found ? t(found, params) : t("history.other", params);
}

/** Where going back to what was makes sense. */
export function isRestorable({ field, item, from, to }: HistoryChange): boolean {
    if (field === "removed") return typeof from === "string";
    if (field === "name") return typeof from === "string" && from !== "";
    if (item === null) return false;
    return ["note", "category", "checked", "target", "unit"].includes(field) && from !== to && (from !== null || field !== "checked");
}
