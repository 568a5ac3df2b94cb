// The frame around the screens. Desktops have a sidebar with the lists, phones a bar on top with the way back, the state of syncing and the account.
// A screen begins with an <h1>: it gets the focus when the screen is opened.
import { useEffect, useRef } from "react";
import { t } from "../../i18n/i18n";
import type { Accounts, Model } from "../../model/types";
import { Dashboard } from "../dashboard/Dashboard";
import { JoinScreen } from "../dashboard/JoinScreen";
import { Overlays } from "../dialogs/Overlays";
import { Empty } from "../kit/Show";
import { useHotkey, useMedia } from "../kit/hooks";
import { useStore } from "../kit/store";
import { ListScreen } from "../list/ListScreen";
import { LoginScreen } from "../login/LoginScreen";
import { showOverlay } from "../overlay";
import { Link, useRoute } from "../router";
import type { Route } from "../router";
import { SettingsScreen } from "../settings/SettingsScreen";
import { Banners } from "./Banners";
import { PrintSheet } from "./PrintSheet";
import { Sidebar } from "./Sidebar";
import { TopBar } from "./TopBar";
import { redo, undo, useUndoToast } from "./undo";
import { useUpdateToast } from "./update";

export function Shell({ model, accounts }: { model: Model; accounts: Accounts }) {
    const route = useRoute();
    const wide = useMedia("(min-width: 900px)");
    const main = useRef<HTMLElement>(null);
    useHotkey("mod+z", () => void undo(model));
    useHotkey("mod+shift+z", () => void redo(model));
    useHotkey("mod+y", () => void redo(model));
    useHotkey("?", () => showOverlay({ kind: "keys" }));
    useHotkey("n", () => showOverlay({ kind: "create" }));
    useUndoToast(model);
    useUpdateToast(accounts);
    useScreenFocus(main, route);
    useTitle(model, route);
    if (route.name === "login") return <LoginScreen accounts={accounts} />;
    return (
        <div className="shell">
            <a className="skip" href="#main" onClick={(event) => { event.preventDefault(); focusScreen(main.current!); }}>{t("shell.skip")}</a>
            {wide ? <Sidebar model={model} accounts={accounts} route={route} /> : <TopBar model={model} accounts={accounts} route={route} />}
            <div className="pane">
                <Banners model={model} />
                <main id="main" ref={main} tabIndex={-1}><Screen model={model} accounts={accounts} route={route} /></main>
            </div>
            <Overlays model={model} accounts={accounts} />
            {route.name === "list" && <PrintSheet model={model} list={route.id} />}
        </div>
    );
}

function Screen({ model, accounts, route }: { model: Model; accounts: Accounts; route: Route }) {
    switch (route.name) {
    case "list": return <ListScreen key={route.id} model={model} id={route.id} />;
    case "join": return <JoinScreen key={route.token} model={model} token={route.token} />;
    case "settings": return <SettingsScreen model={model} accounts={accounts} />;
    case "dashboard": return <Dashboard model={model} section={route.section} create={route.create} />;
    default: return (
        <Empty whole icon="search" title={t("shell.unknown")} action={<Link className="button button-primary" to="/">{t("shell.home")}</Link>} />
    );
    }
}

/** Moves the focus to what a screen is called, when it is another one. */
function useScreenFocus(main: { current: HTMLElement | null }, route: Route): void {
    const place = route.name === "list" ? route.id : route.name;
    const before = useRef(place);
    useEffect(() => {
        if (before.current !== place && main.current) focusScreen(main.current);
        before.current = place;
    }, [place]);
}

function focusScreen(main: HTMLElement): void {
    const heading = main.querySelector<HTMLElement>("h1");
    if (heading && !heading.hasAttribute("tabindex")) heading.tabIndex = -1;
    (heading ?? main).focus({ preventScroll: true });
}

function useTitle(model: Model, route: Route): void {
    const lists = useStore(model.lists);
    const title = route.name === "list" ? lists.find((list) => list.id === route.id)?.name : route.name === "settings" && t("settings.title");
    useEffect(() => {
        document.title = title ? `${title} – Larder` : "Larder";
    }, [title]);
}
