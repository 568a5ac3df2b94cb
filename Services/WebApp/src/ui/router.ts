// Where the person is: real paths by the history API.
import { createElement, useSyncExternalStore } from "react";
import type { AnchorHTMLAttributes, MouseEvent } from "react";
import { createStore } from "./kit/store";

export type Route =
    | { name: "dashboard"; section: Section; create: boolean }
    | { name: "list"; id: string }
    | { name: "join"; token: string }
    | { name: "settings" }
    | { name: "login"; join: string | null }
    | { name: "unknown" };

export const sections = ["lists", "templates", "archive", "trash"] as const;
export type Section = typeof sections[number];

function read(): Route {
    const { pathname, searchParams } = new URL(location.href);
    const [, first, second] = pathname.split("/");
    if (first === "") {
        const show = searchParams.get("show");
        return { name: "dashboard", section: sections.find((section) => section === show) ?? "lists", create: searchParams.has("new") };
    }
    if (first === "list" && second && /^[0-9a-f]{32}$/.test(second)) return { name: "list", id: second };
    if (first === "join" && second) return { name: "join", token: decode(second) };
    if (first === "settings") return { name: first };
    if (first === "login") return { name: first, join: searchParams.get("join") };
    return { name: "unknown" };
}

function decode(text: string): string {
    try { return decodeURIComponent(text); } catch { return text; }
}

const route = createStore<Route>(read());
addEventListener("popstate", () => route.set(read()));

export function currentRoute(): Route {
    return route.get();
}

export function useRoute(): Route {
    return useSyncExternalStore(route.subscribe, route.get);
}

export function navigate(path: string, options: { replace?: boolean } = {}): void {
    if (path === location.pathname + location.search) return;
    history[options.replace ? "replaceState" : "pushState"](null, "", path);
    scrollTo(0, 0);
    route.set(read());
}

/** Where to log in; an invitation that is open now is opened again after that. */
export function loginPath(): string {
    const now = currentRoute();
    return now.name === "join" ? `/login?join=${encodeURIComponent(now.token)}` : "/login";
}

/** Somebody is here: to the invitation that brought them, or to their lists. */
export function navigateIn(): void {
    const now = currentRoute();
    if (now.name === "join") return;
    const path = now.name === "login" && now.join ? `/join/${encodeURIComponent(now.join)}` : "/";
    navigate(path, { replace: now.name === "login" });
}

export interface LinkProps extends AnchorHTMLAttributes<HTMLAnchorElement> {
    to: string;
}

/** An anchor that changes the page without loading it again; a middle click or a modifier opens a tab as ever. */
export function Link({ to, onClick, ...rest }: LinkProps) {
    const follow = (event: MouseEvent<HTMLAnchorElement>) => {
        onClick?.(event);
        if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
        event.preventDefault();
        navigate(to);
    };
    return createElement("a", { href: to, onClick: follow, ...rest });
}
