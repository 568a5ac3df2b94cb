// Lists as lines of text and as Markdown task lists: "[x] 2 kg apples", notes indented below, "# name" before each of several lists.
import { parseItem } from "../ui/list/parse";
import { itemWords } from "./lists";
import type { ItemDraft } from "../model/types";
import type { FileList } from "./lists";

export function writeText(lists: readonly FileList[]): string {
    return lists.map(({ name, items }) => {
        const lines = items.map((item) => line("", item));
        return (lists.length > 1 ? [`# ${name}`, ...lines] : lines).map((text) => `${text}\n`).join("");
    }).join("\n");
}

export function writeMarkdown(lists: readonly FileList[]): string {
    return lists.map(({ name, items }) => {
        const categories = [...new Set(["", ...items.map((item) => item.category ?? "")])];
        const parts = categories.flatMap((category) => {
            const lines = items.filter((item) => (item.category ?? "") === category).map((item) => line("- ", item));
            return lines.length ? [[...(category ? [`## ${category}`, ""] : []), ...lines, ""].join("\n")] : [];
        });
        return [`# ${name}`, "", ...parts].join("\n");
    }).join("\n");
}

function line(bullet: string, item: ItemDraft): string {
    const notes = item.note?.split(/\r?\n/).map((text) => `\n${" ".repeat(4)}${text}`).join("") ?? "";
    return `${bullet}[${item.checked ? "x" : " "}] ${itemWords(item)}${notes}`;
}

/** Reads both. Headings of the first rank begin a list, others a category; lines that are indented and no items of their own are notes. */
export function readText(text: string): FileList[] | null {
    const lists: FileList[] = [];
    let category: string | null = null;
    const current = () => lists.at(-1) ?? lists[lists.push({ name: "", items: [] }) - 1];
    for (const raw of text.replace(/^\ufeff/, "").split(/\r?\n/)) {
        const heading = /^(#+)\s+(.+?)\s*#*$/.exec(raw);
        const item = heading ? null : readLine(raw);
        if (heading && heading[1].length === 1) {
            lists.push({ name: heading[2], items: [] });
            category = null;
        } else if (heading) category = heading[2];
        else if (/^(\t| {2,})\s*\S/.test(raw) && !item?.marked && current().items.length) addNote(current().items.at(-1)!, raw.trim());
        else if (item) current().items.push({ ...item.draft, category });
    }
    const read = lists.filter((list) => list.items.length || list.name);
    return read.some((list) => list.items.length) ? read : null;
}

function addNote(item: ItemDraft, text: string): void {
    item.note = item.note ? `${item.note}\n${text}` : text;
}

function readLine(raw: string): { draft: ItemDraft; marked: boolean } | null {
    const match = /^\s*([-*+•–]\s+|\d+[.)]\s+)?(?:\[([ xX✓])\]\s*|([☐☑☒✓✔])\s*)?(.*)$/u.exec(raw)!;
    const [, bullet, box, sign, words] = match;
    if (!words.trim()) return null;
    const checked = box ? box !== " " : sign ? sign !== "☐" : false;
    return { draft: { ...parseItem(words), checked }, marked: Boolean(bullet || box || sign) };
}
