// What this person calls things and where they put them: suggestions for what they type next. Kept on this device only.
import type { Transaction } from "./database";
import type { Replica } from "./replica";
import type { HabitRow } from "./rows";
import type { ItemDraft, Suggestion } from "./types";

const listsMax = 20;

const fold = (name: string): string => name.trim().toLocaleLowerCase();

/** Notes what is added, within the transaction that adds it. What comes back counts once that has been committed. */
export function note(
    transaction: Transaction, known: (name: string) => HabitRow | undefined, list: string, drafts: readonly ItemDraft[],
): HabitRow[] {
    const noted = new Map<string, HabitRow>();
    for (const draft of drafts) {
        const name = fold(draft.name);
        const before = noted.get(name) ?? known(name);
        const row: HabitRow = {
            name, shown: draft.name.trim(), category: draft.category ?? before?.category ?? null, unit: draft.unit ?? before?.unit ?? null,
            count: (before?.count ?? 0) + 1, at: Date.now(), lists: [list, ...(before?.lists ?? []).filter((id) => id !== list)].slice(0, listsMax),
        };
        noted.set(name, row);
        transaction.put("habit", row);
    }
    return [...noted.values()];
}

/** Names that begin with what was typed before those that hold it; this list's and the most used ones first. */
export function suggest(replica: Replica, list: string, typed: string, limit: number): Suggestion[] {
    const wanted = fold(typed);
    if (wanted === "") return [];
    const open = new Set(replica.library.items(list).filter(({ checked }) => !checked).map(({ name }) => fold(name)));
    const found: { row: HabitRow; rank: number }[] = [];
    for (const row of replica.habits.values()) {
        const place = row.name.indexOf(wanted);
        if (place < 0 || open.has(row.name)) continue;
        const starts = place === 0 ? 1_000 : row.name[place - 1] === " " ? 500 : 0;
        found.push({ row, rank: starts + (row.lists.includes(list) ? 200 : 0) + Math.min(row.count, 100) });
    }
    found.sort((left, right) => right.rank - left.rank || right.row.at - left.row.at);
    return found.slice(0, limit).map(({ row }) => ({ name: row.shown, category: row.category, unit: row.unit }));
}

export function categories(replica: Replica, list: string): string[] {
    const here = replica.library.items(list).map(({ category }) => category);
    const elsewhere = [...replica.habits.values()].sort((left, right) => right.count - left.count).map(({ category }) => category);
    return [...new Set([...here, ...elsewhere])].filter((category): category is string => Boolean(category));
}

/** The names that are on this device's lists already count as known. */
export function learnFrom(replica: Replica): void {
    for (const list of replica.library.shelved) {
        for (const item of replica.library.items(list)) {
            const name = fold(item.name);
            if (replica.habits.has(name)) continue;
            replica.habits.set(name, {
                name, shown: item.name, category: item.category, unit: item.unit, count: 1, at: item.updatedMilliseconds, lists: [list],
            });
        }
    }
}
