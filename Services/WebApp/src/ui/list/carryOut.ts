// A drop, as edits: under another heading it changes the category too.
import type { ID, Item, Model } from "../../model/types";
import { run } from "../run";
import { changesCategory } from "./drop";
import type { Drop } from "./drop";

export async function carryOut(model: Model, list: ID, item: Item, drop: Drop): Promise<void> {
    if (changesCategory(item, drop)) await run(model.editItem(list, item.id, { category: drop.category }));
    await run(model.moveItems(list, [item.id], drop.after));
}
