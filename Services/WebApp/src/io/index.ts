// Lists to files and back.
import { looksLikeCSV, readCSV, writeCSV } from "./csv";
import { readJSON, writeJSON } from "./json";
import type { FileList, Format } from "./lists";
import { readText, writeMarkdown, writeText } from "./text";

export { extensions, fileList, fileName, formats, itemWords, mediaTypes } from "./lists";
export type { FileList, Format } from "./lists";

const writers: Record<Format, (lists: readonly FileList[]) => string> = {
    json: writeJSON, csv: writeCSV, text: writeText, markdown: writeMarkdown,
};

export function writeLists(lists: readonly FileList[], format: Format): string {
    return writers[format](lists);
}

/** Finds out the form by the content, and by the file's name when there is one. Null: no items in it. */
export function readLists(text: string, name = ""): FileList[] | null {
    const title = name.replace(/\.[^.]*$/, "");
    const lists = read(text, name.toLowerCase());
    if (!lists?.some(({ items }) => items.length)) return null;
    return lists.map((list) => list.name || !title ? list : { ...list, name: title });
}

function read(text: string, name: string): FileList[] | null {
    const isNamedJSON = name.endsWith(".json");
    if (isNamedJSON || (/^\s*[[{]/.test(text) && !/^\s*\[[ xX]\]/.test(text))) {
        const lists = readJSON(text);
        if (lists || isNamedJSON) return lists;
    }
    if (/\.[ct]sv$/.test(name) || (!name.endsWith(".md") && looksLikeCSV(text))) return readCSV(text);
    return readText(text);
}
