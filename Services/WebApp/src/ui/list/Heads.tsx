// What stands above items: the name of their category, and the completed section with its switch.
import { formatNumber, plural, t } from "../../i18n/i18n";
import { Button, Icon } from "../kit";
import type { Row } from "./rows";

interface Place {
    position: number;
    count: number;
}

export function GroupHead({ row, position, count }: Place & { row: Row & { kind: "group" } }) {
    return (
        <div role="listitem" className="group-head" data-key={row.key} aria-posinset={position} aria-setsize={count}>
            <h2><bdi>{row.category ?? t("list.noCategory")}</bdi></h2>
            <span className="count" aria-label={plural("items", row.count)}>{formatNumber(row.count)}</span>
        </div>
    );
}

interface CompletedHeadProps extends Place {
    row: Row & { kind: "completed" };
    expanded: boolean;
    current: boolean;
    onExpand: (expanded: boolean) => void;
    /** Null: not to be cleared by this person. */
    onClear: (() => void) | null;
}

export function CompletedHead({ row, position, count, expanded, current, onExpand, onClear }: CompletedHeadProps) {
    return (
        <div role="listitem" className="completed-head" data-key={row.key} aria-posinset={position} aria-setsize={count}>
            <h2>
                <button type="button" className="completed-toggle" data-col="check" tabIndex={current ? 0 : -1} aria-expanded={expanded}
                    onClick={() => onExpand(!expanded)}>
                    <Icon name="chevron" size={20} />
                    <span>{plural("list.completed", row.count)}</span>
                </button>
            </h2>
            {onClear && <Button kind="ghost" label={t("list.clearCompleted")} data-col="name" tabIndex={current ? 0 : -1} onClick={onClear} />}
        </div>
    );
}
