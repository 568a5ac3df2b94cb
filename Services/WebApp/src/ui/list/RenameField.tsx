// The name of the list, while it is given another.
import { useRef, useState } from "react";
import { t } from "../../i18n/i18n";
import type { ListContent, Model } from "../../model/types";
import { run } from "../run";

export function RenameField({ model, content, onDone }: { model: Model; content: ListContent; onDone: () => void }) {
    const [name, setName] = useState(content.name);
    const finished = useRef(false);
    const finish = (saves: boolean) => {
        if (finished.current) return;
        finished.current = true;
        const wanted = name.trim();
        if (saves && wanted && wanted !== content.name) void run(model.renameList(content.id, wanted));
        onDone();
    };
    return (
        <h1 className="list-title">
            <input className="input" dir="auto" autoFocus maxLength={500} aria-label={t("create.name")} value={name}
                onFocus={(event) => event.target.select()}
                onChange={(event) => setName(event.target.value)} onBlur={() => finish(true)}
                onKeyDown={(event) => {
                    if (event.nativeEvent.isComposing) return;
                    if (event.key === "Enter") finish(true);
                    if (event.key === "Escape") finish(false);
                }} />
        </h1>
    );
}
