// Carries an import out: what a file holds becomes lists and items.
import type { FileList } from "../../io";
import type { ID, Model } from "../../model/types";

/** The last of the new lists. */
export async function importNew(model: Model, lists: readonly FileList[]): Promise<ID | undefined> {
    return (await model.createLists(lists)).at(-1);
}

export async function importInto(model: Model, list: ID, lists: readonly FileList[]): Promise<ID> {
    await model.addItems(list, lists.flatMap(({ items }) => items));
    return list;
}
