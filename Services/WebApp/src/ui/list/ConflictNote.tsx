// Two people set the same thing at once: whose value stands, and the other one to choose instead.
import { formatNumber, t } from "../../i18n/i18n";
import type { Conflict } from "../../model/types";
import { Button, Icon } from "../kit";
import { cut } from "./words";

type Value = Conflict["standing"]["value"];

export function ConflictNote({ conflict, readOnly, onResolve }: { conflict: Conflict; readOnly: boolean; onResolve: (value: Value) => void }) {
    const { field, standing, other } = conflict;
    const words = (value: Value) => {
        if (field === "checked") return t(value ? "list.conflict.checked" : "list.conflict.open");
        if (value === null || value === "") return t("list.conflict.nothing");
        return cut(typeof value === "number" ? formatNumber(value) : String(value), 60);
    };
    const names = {
        standing: words(standing.value), other: words(other.value),
        by: cut(standing.by ?? t("list.somebody")), otherBy: cut(other.by ?? t("list.somebody")),
    };
    const whose = standing.byMe ? (other.byMe ? "mine" : "mineTheirs") : other.byMe ? "theirsMine" : "theirs";
    return (
        <div className="conflict">
            <Icon name="people" size={20} />
            <p><b>{t(`list.field.${field}`)}</b> {t(`list.conflict.${whose}`, names)}</p>
            {!readOnly && <div className="conflict-actions">
                <Button kind="ghost" label={t("list.conflict.use", names)} onClick={() => onResolve(other.value)} />
                <Button kind="ghost" label={t("list.conflict.keep", names)} onClick={() => onResolve(standing.value)} />
            </div>}
        </div>
    );
}
