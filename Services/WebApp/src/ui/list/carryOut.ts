// A drop, as an edit: under another heading it changes the category too.
import type { ID, Item, Model } from "../../model/types";
import { run } from "../run";
import { changesCategory } from "./drop";
import type { Drop } from "./drop";

export function carryOut(model: Model, list: ID, item: Item, drop: Drop): Promise<void> {
    return run(model.moveItems(list, [item.id], drop.after, changesCategory(item, drop) ? drop.category : undefined));
}
