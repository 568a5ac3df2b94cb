// All lists of a person, by what they are: in use, templates, archived, in the trash.
import { useEffect, useRef, useState } from "react";
import { formatNumber, t } from "../../i18n/i18n";
import type { ListSummary, Model } from "../../model/types";
import { Button } from "../kit/Button";
import { Field } from "../kit/Field";
import { useHotkey, useMinute } from "../kit/hooks";
import type { IconName } from "../kit/Icon";
import { Empty } from "../kit/Show";
import { useStore } from "../kit/store";
import { announce } from "../kit/Toasts";
import { showOverlay } from "../overlay";
import { Link, navigate, sections } from "../router";
import type { Section } from "../router";
import { ListCard } from "./ListCard";

export function sectionOf(list: ListSummary): Section {
    return list.trashed ? "trash" : list.template ? "templates" : list.archived ? "archive" : "lists";
}

const icons: Record<Section, IconName> = { lists: "list", templates: "template", archive: "archive", trash: "trash" };
/** Fewer are found at a glance. */
const searchedFrom = 7;

export function Dashboard({ model, section, create }: { model: Model; section: Section; create: boolean }) {
    const lists = useStore(model.lists);
    const [text, setText] = useState("");
    const search = useRef<HTMLInputElement>(null);
    useHotkey("/", () => search.current?.focus());
    useMinute();
    useEffect(() => {
        if (!create) return;
        navigate("/", { replace: true });
        showOverlay({ kind: "create" });
    }, [create]);
    const here = lists.filter((list) => sectionOf(list) === section);
    const wanted = text.trim().toLocaleLowerCase();
    const found = wanted ? here.filter((list) => list.name.toLocaleLowerCase().includes(wanted)) : here;
    useEffect(() => {
        if (wanted) announce(t("dashboard.found", { count: found.length }));
    }, [wanted, found.length]);
    return (
        <div className="screen dashboard">
            <header className="screen-head">
                <h1>{t(`dashboard.${section}`)}</h1>
                <Button className="wide-only" icon="upload" label={t("import.title")} onClick={() => showOverlay({ kind: "import" })} />
                {here.length > 0 && (
                    <Button className="new-list" kind="primary" icon="plus" label={t(section === "templates" ? "create.template" : "create.title")}
                        onClick={() => showOverlay({ kind: "create", template: section === "templates" })} />
                )}
            </header>
            <div className="toolbar">
                <SectionTabs lists={lists} section={section} />
                {(lists.length >= searchedFrom || text) && (
                    <Field ref={search} className="search" type="search" label={t("dashboard.search")} hideLabel placeholder={t("dashboard.search")}
                        value={text} onChange={(event) => setText(event.target.value)}
                        onKeyDown={(event) => event.key === "Escape" && setText("")} />
                )}
            </div>
            {found.length > 0
                ? <ul className="cards">{found.map((list) => <ListCard key={list.id} model={model} list={list} />)}</ul>
                : wanted
                    ? <Empty icon="search" title={t("dashboard.nothingFound")}
                        action={<Button label={t("dashboard.showAll")} onClick={() => setText("")} />} />
                    : <EmptySection section={section} />}
        </div>
    );
}

function SectionTabs({ lists, section }: { lists: readonly ListSummary[]; section: Section }) {
    return (
        <nav className="segmented tabs" aria-label={t("dashboard.sections")}>
            {sections.map((other) => {
                const count = lists.filter((list) => sectionOf(list) === other).length;
                return (
                    <Link key={other} className="segment" to={other === "lists" ? "/" : `/?show=${other}`}
                        aria-current={other === section ? "page" : undefined}>
                        <span>{t(`dashboard.${other}`)}</span>{count > 0 && <span className="count">{formatNumber(count)}</span>}
                    </Link>
                );
            })}
        </nav>
    );
}

function EmptySection({ section }: { section: Section }) {
    const action = section === "lists" || section === "templates";
    return (
        <Empty icon={icons[section]} title={t(`dashboard.${section}.empty`)} text={t(`dashboard.${section}.teach`)} action={action && <>
            <Button kind="primary" icon="plus" label={t(section === "lists" ? "dashboard.first" : "create.template")}
                onClick={() => showOverlay({ kind: "create", template: section === "templates" })} />
            {section === "lists" && <Button icon="upload" label={t("import.title")} onClick={() => showOverlay({ kind: "import" })} />}
        </>} />
    );
}
