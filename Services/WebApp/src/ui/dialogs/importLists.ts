// Carries an import out: what a file holds becomes lists and items.
import type { FileItem, FileList } from "../../io";
import type { ID, ItemDraft, Model } from "../../model/types";

/** The last of the new lists. */
export async function importNew(model: Model, lists: readonly FileList[]): Promise<ID | undefined> {
    let list: ID | undefined;
    for (const { name, template, items } of lists) {
        list = await model.createList(name, { template });
        await add(model, list, items);
    }
    return list;
}

export async function importInto(model: Model, list: ID, lists: readonly FileList[]): Promise<ID> {
    await add(model, list, lists.flatMap(({ items }) => items));
    return list;
}

async function add(model: Model, list: ID, items: readonly FileItem[]): Promise<void> {
    if (!items.length) return;
    const ids = await model.addItems(list, items.map(({ acquired: _, ...draft }): ItemDraft => draft));
    for (const [index, { target, acquired }] of items.entries()) {
        if (target && acquired) await model.take(list, ids[index], acquired);
    }
}
