// What goes into a file and comes out of one, whatever its form.
import type { ItemDraft, ListContent } from "../model/types";

export interface FileList {
    /** Empty: the file does not say. */
    name: string;
    template?: boolean;
    items: ItemDraft[];
}

export const formats = ["json", "csv", "text", "markdown"] as const;
export type Format = typeof formats[number];

export const extensions: Record<Format, string> = { json: "json", csv: "csv", text: "txt", markdown: "md" };
export const mediaTypes: Record<Format, string> = {
    json: "application/json", csv: "text/csv;charset=utf-8", text: "text/plain;charset=utf-8", markdown: "text/markdown;charset=utf-8",
};

export function fileList(list: ListContent, template = false): FileList {
    return {
        name: list.name, template,
        items: list.items.map(({ name, checked, quantity, unit, note, category }) => ({
            name, checked, unit, note, category, target: quantity?.target ?? null, acquired: quantity?.acquired ?? 0,
        })),
    };
}

/** "2 kg apples", as it is typed. */
export function itemWords({ name, target, unit }: ItemDraft): string {
    return [target, target ? unit : null, name].filter(Boolean).join(" ");
}

/** Without characters that some file system refuses. */
export function fileName(name: string, format: Format): string {
    const plain = name.replace(/[\p{C}/\\:*?"<>|]+/gu, " ").trim().slice(0, 80);
    return `${plain.replace(/^\.+/, "") || "list"}.${extensions[format]}`;
}
