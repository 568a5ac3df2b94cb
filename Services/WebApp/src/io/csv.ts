// Lists as comma-separated values (RFC 4180), for spreadsheets. Reads semicolons and tabs too, with or without a line of headings.
import { wholeUnits } from "../ui/list/units";
import type { ItemDraft } from "../model/types";
import type { FileList } from "./lists";

const columns = ["list", "name", "checked", "target", "acquired", "unit", "category", "note"] as const;
type Column = typeof columns[number];

/** Other words for the columns, in the languages of the app. */
const headings: Record<Column, RegExp> = {
    list: /^(list|lista|liste|قائمة|القائمة)$/,
    name: /^(name|item|product|title|nome|produto|artikel|produkt|الاسم|اسم|المنتج)$/,
    checked: /^(checked|done|bought|completed|feito|comprado|erledigt|gekauft|تم)$/,
    target: /^(target|quantity|qty|amount|count|quantidade|qtd|menge|anzahl|الكمية|كمية)$/,
    acquired: /^(acquired|taken|got|obtido|besorgt)$/,
    unit: /^(unit|units|unidade|einheit|الوحدة|وحدة)$/,
    category: /^(category|aisle|section|categoria|kategorie|abteilung|الفئة|فئة)$/,
    note: /^(note|notes|comment|nota|notas|notiz|notizen|kommentar|ملاحظة|ملاحظات)$/,
};

/** A spreadsheet takes a field that begins so for a formula; an apostrophe before it says that it is text. */
const formula = /^'*[=+\-@\t\r]/;

export function writeCSV(lists: readonly FileList[]): string {
    const several = lists.length !== 1;
    const rows = lists.flatMap((list) => list.items.map((item) => {
        const { name, checked, target, acquired, unit, category, note } = item;
        const fields = [name, checked ? "true" : "false", target, target ? acquired ?? 0 : null, unit, category, note];
        return several ? [list.name, ...fields] : fields;
    }));
    const header = several ? columns : columns.slice(1);
    return `\ufeff${[header, ...rows].map((row) => `${row.map(quoted).join(",")}\r\n`).join("")}`;
}

function quoted(value: string | number | null | undefined): string {
    const text = typeof value === "string" && formula.test(value) ? `'${value}` : String(value ?? "");
    return /[",;\r\n\t]/.test(text) ? `"${text.replaceAll("\"", "\"\"")}"` : text;
}

/** Rows of fields; quotes may hold separators, line ends and doubled quotes. */
export function parseCSV(text: string, separator: string): string[][] {
    const rows: string[][] = [];
    let row: string[] = [], field = "", inQuotes = false;
    const endRow = () => {
        row.push(field);
        if (row.length > 1 || field) rows.push(row);
        row = [];
        field = "";
    };
    for (let at = 0; at < text.length; at++) {
        const character = text[at];
        if (inQuotes) {
            if (character !== "\"") field += character;
            else if (text[at + 1] === "\"") field += text[++at];
            else inQuotes = false;
        } else if (character === "\"" && field === "") inQuotes = true;
        else if (character === separator) {
            row.push(field);
            field = "";
        } else if (character === "\n") endRow();
        else if (character !== "\r") field += character;
    }
    endRow();
    return rows;
}

/** The separator that the first line has most of; null: none. */
export function separatorOf(text: string): string | null {
    const line = text.split(/\r?\n/, 1)[0].replace(/"[^"]*"/g, "");
    const counts = [",", ";", "\t"].map((separator) => ({ separator, count: line.split(separator).length - 1 }));
    const best = counts.reduce((most, next) => next.count > most.count ? next : most);
    return best.count ? best.separator : null;
}

export function readCSV(text: string): FileList[] | null {
    const rows = parseCSV(text.replace(/^\ufeff/, ""), separatorOf(text) ?? ",");
    const first = rows[0]?.map(columnOf) ?? [];
    const headed = first.includes("name");
    const names = headed ? first : columns.slice(1) as readonly Column[];
    const lists = new Map<string, ItemDraft[]>();
    for (const row of headed ? rows.slice(1) : rows) {
        const value = (column: Column) => unguarded(row[names.indexOf(column)] ?? "").trim();
        const item = readItem(value);
        if (!item) continue;
        const items = lists.get(value("list"));
        if (items) items.push(item);
        else lists.set(value("list"), [item]);
    }
    return lists.size ? [...lists].map(([name, items]) => ({ name, items })) : null;
}

/** Whether the first line names columns that we know. */
export function looksLikeCSV(text: string): boolean {
    const separator = separatorOf(text);
    const [line] = text.replace(/^\ufeff/, "").split(/\r?\n/, 1);
    return separator !== null && parseCSV(line, separator)[0]?.some((field) => columnOf(field) === "name");
}

function columnOf(heading: string): Column | undefined {
    const word = heading.trim().toLocaleLowerCase();
    return columns.find((column) => headings[column].test(word));
}

function unguarded(field: string): string {
    return field.startsWith("'") && formula.test(field) ? field.slice(1) : field;
}

function readItem(value: (column: Column) => string): ItemDraft | null {
    const name = value("name");
    if (!name) return null;
    const amount = Number(value("target").replace(",", "."));
    const whole = amount > 0 ? wholeUnits(amount, value("unit") || null) : null;
    const words = whole || !value("target") ? name : `${value("target")} ${value("unit")} ${name}`.replace(/\s+/g, " ");
    return {
        name: words, checked: /^(true|yes|x|1|done|✓|sim|ja|wahr|نعم)$/i.test(value("checked")),
        target: whole?.target ?? null, acquired: Math.max(0, Math.trunc(Number(value("acquired"))) || 0),
        unit: whole ? whole.unit : null, category: value("category") || null, note: value("note") || null,
    };
}
