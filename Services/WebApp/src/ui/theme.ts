// Light or dark: by the system, or as the person chose on this device.
import { remember, remembered } from "./kit/remember";
import { createStore } from "./kit/store";

export const themes = ["system", "light", "dark"] as const;
export type Theme = typeof themes[number];

export const theme = createStore<Theme>(themes.find((theme) => theme === remembered("theme")) ?? "system");

export function setTheme(next: Theme): void {
    theme.set(next);
    remember("theme", next);
    applyTheme();
}

export function applyTheme(): void {
    const chosen = theme.get();
    const { dataset } = document.documentElement;
    if (chosen === "system") delete dataset.theme;
    else dataset.theme = chosen;
    for (const meta of document.querySelectorAll<HTMLMetaElement>("meta[name=theme-color]")) {
        const dark = chosen === "system" ? meta.media.includes("dark") : chosen === "dark";
        meta.content = dark ? "#14171a" : "#faf8f5";
    }
}
