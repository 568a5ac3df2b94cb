// The name of the list, while it is given another.
import { useRef, useState } from "react";
import { t } from "../../i18n/i18n";
import type { ListContent, Model } from "../../model/types";
import { done } from "../run";

export function RenameField({ model, content, onDone }: { model: Model; content: ListContent; onDone: () => void }) {
    const [name, setName] = useState(content.name);
    const finished = useRef(false);
    const finish = async (saves: boolean) => {
        if (finished.current) return;
        finished.current = true;
        const wanted = name.trim();
        finished.current = !saves || !wanted || wanted === content.name || await done(model.renameList(content.id, wanted));
        if (finished.current) onDone(); // else what was typed stays
    };
    return (
        <h1 className="list-title">
            <input className="input" dir="auto" autoFocus maxLength={500} aria-label={t("create.name")} value={name}
                onFocus={(event) => event.target.select()}
                onChange={(event) => setName(event.target.value)} onBlur={() => void finish(true)}
                onKeyDown={(event) => {
                    if (event.nativeEvent.isComposing) return;
                    if (event.key === "Enter") void finish(true);
                    if (event.key === "Escape") void finish(false);
                }} />
        </h1>
    );
}
