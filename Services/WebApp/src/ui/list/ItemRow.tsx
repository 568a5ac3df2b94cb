// One item of the list. It is drawn again only when something that it shows has changed.
import { memo } from "react";
import { formatRelative, t } from "../../i18n/i18n";
import type { Conflict, Item } from "../../model/types";
import { Avatar, Icon } from "../kit";
import { ConflictNote } from "./ConflictNote";
import { formatQuantity, isCounted } from "./format";
import { ItemEditor } from "./ItemEditor";
import type { EditorContext } from "./ItemEditor";
import { cut } from "./words";

/** What rows can ask for; the same object as long as the list is on the screen. */
export interface RowActions {
    toggle(item: Item): void;
    take(item: Item, amount: number): void;
    edit(item: Item | null): void;
    select(item: Item, range: boolean): void;
    grip(item: Item): void;
    resolve(item: Item, conflict: Conflict, value: Conflict["standing"]["value"]): void;
    editor: EditorContext;
}

export interface ItemRowProps {
    item: Item;
    position: number;
    count: number;
    /** At the edges of a block of items. */
    first: boolean;
    last: boolean;
    showsCategory: boolean;
    shared: boolean;
    readOnly: boolean;
    /** Who changed it just now; null: nobody. */
    live: string | null;
    /** Tab reaches it. */
    current: boolean;
    dragged: boolean;
    draggable: boolean;
    /** Null: nothing is being selected. */
    selected: boolean | null;
    editing: boolean;
    /** It was removed by somebody else while it is edited here. */
    gone: boolean;
    actions: RowActions;
}

export const ItemRow = memo(function ItemRow(props: ItemRowProps) {
    const { item, position, count, live, dragged, selected, editing, gone, actions, readOnly } = props;
    const classes = ["item", props.first && "item-first", props.last && "item-last",
        dragged && "item-dragged", live !== null && "item-live",
        selected && "item-selected", editing && "item-editing"];
    return (
        <div role="listitem" className={classes.filter(Boolean).join(" ")} data-key={item.id} data-item="" data-checked={item.checked || undefined}
            aria-posinset={position} aria-setsize={count}>
            {editing ? <ItemEditor item={item} gone={gone} context={actions.editor} onDone={() => actions.edit(null)} /> : <Face {...props} />}
            {item.conflicts.map((conflict) => (
                <ConflictNote key={conflict.field} conflict={conflict} readOnly={readOnly}
                    onResolve={(value) => actions.resolve(item, conflict, value)} />
            ))}
        </div>
    );
});

function Face(props: ItemRowProps) {
    const { item, readOnly, selected, current, actions, shared, live, draggable } = props;
    const tabIndex = current ? 0 : -1;
    const press = (event: React.MouseEvent) => {
        if (selected !== null || event.shiftKey || event.ctrlKey || event.metaKey) actions.select(item, event.shiftKey);
        else if ((event.currentTarget as HTMLElement).dataset.col === "check") actions.toggle(item);
        else actions.edit(item);
    };
    const quantity = item.quantity && formatQuantity(item.quantity, item.unit);
    const selecting = selected !== null;
    const stepped = item.quantity !== null && isCounted(item.quantity, item.unit) && !readOnly && !item.checked && !selecting;
    return (
        <div className="item-face">
            {readOnly
                ? <span className="item-check" role="img" aria-label={t(item.checked ? "list.isChecked" : "list.isOpen")}><Mark /></span>
                : (
                    <button type="button" role="checkbox" aria-checked={selected ?? item.checked} className="item-check"
                        data-col="check" tabIndex={tabIndex}
                        aria-label={selecting ? t("list.selectItem", { name: item.name }) : [item.name, quantity].filter(Boolean).join(", ")}
                        onClick={press}>
                        <Mark />
                    </button>
                )}
            {item.pending && <span className="item-pending" role="img" aria-label={t("list.pending")} title={t("list.pending")} />}
            <div className="item-main">
                <div className="item-words">
                    {readOnly ? <span className="item-name" dir="auto">{item.name}</span> : (
                        <button type="button" className="item-name" dir="auto" data-col="name" tabIndex={tabIndex} onClick={press}
                            aria-description={t("list.editHint")}>{item.name}</button>
                    )}
                    <Details item={item} showsCategory={props.showsCategory} />
                </div>
                {stepped ? <Stepper item={item} text={quantity!} tabIndex={tabIndex} actions={actions} />
                    : quantity && <bdi className="item-quantity">{quantity}</bdi>}
            </div>
            {shared && <By item={item} live={live} />}
            {!readOnly && !selecting && !draggable && <span className="item-handle" />}
            {draggable && !selecting && (
                <button type="button" className="item-handle" data-handle="" data-col="handle" tabIndex={tabIndex}
                    aria-label={t("list.moveItem", { name: item.name })}
                    aria-description={t("list.moveHint")} aria-pressed={props.dragged} onKeyDown={(event) => {
                        if (event.key !== " " || props.dragged) return;
                        event.preventDefault();
                        event.stopPropagation();
                        actions.grip(item);
                    }}>
                    <Icon name="grip" size={20} />
                </button>
            )}
        </div>
    );
}

const Mark = () => <span className="item-mark"><Icon name="check" size={18} /></span>;

function Details({ item, showsCategory }: { item: Item; showsCategory: boolean }) {
    const category = showsCategory ? item.category : null;
    if (!item.note && !category) return null;
    return (
        <div className="item-details">
            {item.note && <span className="item-note" dir="auto">{item.note}</span>}
            {category && <span className="chip"><bdi>{category}</bdi></span>}
        </div>
    );
}

function Stepper({ item, text, tabIndex, actions }: { item: Item; text: string; tabIndex: number; actions: RowActions }) {
    const { target, acquired } = item.quantity!;
    return (
        <div className="item-stepper" role="group" aria-label={t("list.taken", { name: item.name })} data-full={acquired >= target || undefined}>
            <button type="button" data-col="minus" tabIndex={tabIndex} disabled={acquired <= 0} aria-label={t("list.takeLess")}
                onClick={() => actions.take(item, -1)}><Icon name="minus" size={18} /></button>
            <bdi>{text}</bdi>
            <button type="button" data-col="plus" tabIndex={tabIndex} disabled={acquired >= target} aria-label={t("list.takeMore")}
                onClick={() => actions.take(item, 1)}><Icon name="plus" size={18} /></button>
        </div>
    );
}

/** Who did it last, of the others; in words while it is news. */
function By({ item, live }: { item: Item; live: string | null }) {
    const name = live || (item.updatedByMe ? null : item.updatedBy);
    if (name === null) return <span className="item-by" />;
    return (
        <span className="item-by" title={t("list.lastBy", { name, when: formatRelative(item.updatedMilliseconds) })}>
            <Avatar name={name} size={24} />
            {live !== null && <span className="item-live-name"><bdi>{cut(name || t("list.somebody"), 20)}</bdi></span>}
        </span>
    );
}
