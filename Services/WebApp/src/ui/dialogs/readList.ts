// Reads lists whole, as exports need them.
import { fileList } from "../../io";
import type { FileList } from "../../io";
import { ModelError } from "../../model/types";
import type { ID, ListContent, ListSummary, Model } from "../../model/types";

const patienceMilliseconds = 10_000;

export async function readAll(model: Model, summaries: readonly ListSummary[]): Promise<FileList[]> {
    const lists: FileList[] = [];
    for (const { id, template } of summaries) lists.push(fileList(await readList(model, id), template));
    return lists;
}

function readList(model: Model, id: ID): Promise<ListContent> {
    const store = model.list(id);
    return new Promise((resolve, reject) => {
        const end = (settle: () => void) => {
            clearTimeout(timer);
            unsubscribe();
            settle();
        };
        const look = () => {
            const content = store.get();
            if (content) end(() => resolve(content));
        };
        const timer = setTimeout(() => end(() => reject(new ModelError("unavailable", "The list did not load."))), patienceMilliseconds);
        const unsubscribe = store.subscribe(look);
        look();
    });
}
