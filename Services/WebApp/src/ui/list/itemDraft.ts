// What is typed into the editor of an item, and the edit that it amounts to. Pure.
import type { Item, ItemDraft, ItemPatch } from "../../model/types";
import { wholeUnits } from "./units";

/** Only the fields that were typed into: the others go on following the item. */
export interface Typed {
    name?: string;
    quantity?: string;
    unit?: string;
    category?: string;
    note?: string;
}

export type TypedField = keyof Typed;

export function shownValue(item: Item, typed: Typed, field: TypedField): string {
    const kept = field === "quantity" ? item.quantity?.target.toString() : item[field];
    return typed[field] ?? kept ?? "";
}

/** Null: nothing is different. A name that was emptied and an amount that is no number stay as they were. */
export function patchOf(item: Item, typed: Typed): ItemPatch | null {
    const patch: ItemPatch = {};
    const name = typed.name?.trim();
    if (name && name !== item.name) patch.name = name;
    for (const field of ["unit", "category", "note"] as const) {
        const text = typed[field];
        if (text !== undefined && (text.trim() || null) !== item[field]) patch[field] = text.trim() || null;
    }
    if (typed.quantity !== undefined) Object.assign(patch, quantityPatch(item, typed.quantity, shownValue(item, typed, "unit").trim() || null));
    return Object.keys(patch).length > 0 ? patch : null;
}

/** The item again, with what was typed. */
export function draftOf(item: Item, typed: Typed): ItemDraft {
    const { name, note, category, unit, quantity } = item;
    return { name, note, category, unit, target: quantity?.target ?? null, ...patchOf(item, typed) };
}

function quantityPatch(item: Item, text: string, unit: string | null): ItemPatch {
    if (text.trim() === "") return item.quantity ? { target: null } : {};
    const whole = wholeUnits(Number(latinDigits(text).replace(",", ".")), unit);
    if (!whole || whole.target < 0 || whole.target === item.quantity?.target) return {};
    return whole.unit === unit ? { target: whole.target } : whole;
}

/** Arabic digits and separators as ours. */
export function latinDigits(text: string): string {
    return text.trim().replace(/[٠-٩]/gu, (digit) => String(digit.charCodeAt(0) - 0x660)).replace(/(\d)٫(\d)/gu, "$1.$2");
}
