// Lists as JSON: all that there is to an item. Reads what this app, the command line and the API write, and plain arrays of names.
import type { ItemDraft } from "../model/types";
import type { FileList } from "./lists";

export function writeJSON(lists: readonly FileList[]): string {
    const shapes = lists.map(({ name, template, items }) => ({ name, ...(template && { template }), items: items.map(shape) }));
    return `${JSON.stringify(shapes.length === 1 ? shapes[0] : { lists: shapes }, null, 2)}\n`;
}

function shape({ name, checked, target, acquired, unit, category, note }: ItemDraft): object {
    return {
        name, checked: checked ?? false,
        ...(target && { quantity: { target, acquired: acquired ?? 0 } }),
        ...(unit && { unit }), ...(category && { category }), ...(note && { note }),
    };
}

/** Null: it is no JSON, or none that holds lists. */
export function readJSON(text: string): FileList[] | null {
    let root: unknown;
    try { root = JSON.parse(text); } catch { return null; }
    const found = field(root, "lists") ?? root;
    const lists = Array.isArray(found) && found.some((entry) => Array.isArray(field(entry, "items"))) ? found : [found];
    const read = lists.map(readList).filter((list): list is FileList => list !== null);
    return read.length ? read : null;
}

function readList(value: unknown): FileList | null {
    const items = Array.isArray(value) ? value : field(value, "items");
    if (!Array.isArray(items)) return null;
    return {
        name: text(field(value, "name")) ?? "",
        template: field(value, "template") === true,
        items: items.map(readItem).filter((item): item is ItemDraft => item !== null),
    };
}

function readItem(value: unknown): ItemDraft | null {
    const name = text(typeof value === "string" ? value : field(value, "name"));
    if (!name) return null;
    const quantity = field(value, "quantity");
    return {
        name, checked: field(value, "checked") === true,
        target: count(field(quantity, "target") ?? field(value, "target") ?? quantity), acquired: count(field(quantity, "acquired")) ?? 0,
        unit: text(field(value, "unit")), category: text(field(value, "category")), note: text(field(value, "note")),
    };
}

function field(value: unknown, name: string): unknown {
    return typeof value === "object" && value !== null && Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
}

function text(value: unknown): string | null {
    return typeof value === "string" && value.trim() ? value.trim() : null;
}

function count(value: unknown): number | null {
    return Number.isSafeInteger(value) && (value as number) > 0 ? value as number : null;
}
