// A list on paper: its name, and all its items with boxes to tick; drawn only while the browser prints.
import { useEffect, useState } from "react";
import { flushSync } from "react-dom";
import { itemWords } from "../../io";
import { formatDate } from "../../i18n/i18n";
import type { ID, Item, Model } from "../../model/types";

export function PrintSheet({ model, list }: { model: Model; list: ID }) {
    const [printing, setPrinting] = useState(false);
    useEffect(() => {
        const begin = () => flushSync(() => setPrinting(true));
        const end = () => setPrinting(false);
        addEventListener("beforeprint", begin);
        addEventListener("afterprint", end);
        return () => {
            removeEventListener("beforeprint", begin);
            removeEventListener("afterprint", end);
        };
    }, []);
    return printing ? <Sheet model={model} list={list} /> : null;
}

function Sheet({ model, list }: { model: Model; list: ID }) {
    const content = model.peek(list);
    const items = content?.items ?? [];
    const groups = [...new Set(["", ...items.map((item) => item.category ?? "")])]
        .map((category) => ({ category, items: items.filter((item) => (item.category ?? "") === category) }))
        .filter((group) => group.items.length);
    return (
        <div className="print-sheet">
            <h1 dir="auto">{content?.name}</h1>
            <p>{formatDate(Date.now(), { dateStyle: "long" })}</p>
            {groups.map((group) => (
                <section key={group.category}>
                    {group.category && <h2 dir="auto">{group.category}</h2>}
                    <ul>{group.items.map((item) => <Line key={item.id} item={item} />)}</ul>
                </section>
            ))}
        </div>
    );
}

function Line({ item }: { item: Item }) {
    const words = itemWords({ name: item.name, unit: item.unit, target: item.quantity?.target });
    return (
        <li dir="auto" className={item.checked ? "print-done" : undefined}>
            {words}{item.note && <small dir="auto">{item.note}</small>}
        </li>
    );
}
