// The words of the screen in the language that was chosen, and numbers and dates as people of that language write them.
import { ModelError } from "../model/types";
import type { Store } from "../model/types";
import { remember, remembered } from "../ui/kit/remember";
import { createStore } from "../ui/kit/store";
import ar from "./words/ar.json";
import de from "./words/de.json";
import en from "./words/en.json";
import pt from "./words/pt.json";

const files = { en, pt, de, ar };

export type Lang = keyof typeof files;
export type Params = Record<string, string | number>;

/** Each language by its own name. */
export const languages: readonly { value: Lang; label: string }[] = [
    { value: "en", label: "English" },
    { value: "pt", label: "Português" },
    { value: "de", label: "Deutsch" },
    { value: "ar", label: "العربية" },
];

const chosen = createStore<Lang>("en");
let messages: Record<string, string> = {};
/** What is asked for in every row of a long list, made once a language. */
let numbers: Intl.NumberFormat, plurals: Intl.PluralRules, names: Intl.Collator;

export const language: Store<Lang> = chosen;

/** The words of `key`; a key that has none is shown as it is. Numbers in `params` are written as the language does. */
export function t(key: string, params: Params = {}): string {
    return (messages[key] ?? key).replace(/\{(\w+)\}/g, (whole, name: string) => {
        const value = params[name];
        return value === undefined ? whole : typeof value === "number" ? formatNumber(value) : isolate(value);
    });
}

/** Text in the other direction is set apart, so that it does not turn its sentence around. */
function isolate(text: string): string {
    const foreign = direction() === "rtl" ? /\p{Script=Latin}/u : /[\u0590-\u08ff]/;
    return foreign.test(text) ? `\u2068${text}\u2069` : text;
}

/** The form of `key` that fits `count`, which is also its `{count}`. */
export function plural(key: string, count: number, params: Params = {}): string {
    const form = `${key}.${plurals.select(count)}`;
    return t(form in messages ? form : `${key}.other`, { count, ...params });
}

export function has(key: string): boolean {
    return key in messages;
}

export function direction(): "ltr" | "rtl" {
    return chosen.get() === "ar" ? "rtl" : "ltr";
}

/** Fetches the language's words, then switches to it; when they cannot be had, all stays as it is and it throws. */
export async function setLanguage(lang: Lang): Promise<void> {
    await switchTo(lang);
    remember("language", lang);
}

/** At start: the language chosen before, else the browser's, else English. */
export async function loadLanguage(): Promise<void> {
    const candidates = [remembered("language") ?? "", ...navigator.languages].map((tag) => tag.slice(0, 2));
    const lang = candidates.find((tag): tag is Lang => tag in files) ?? "en";
    await switchTo(lang).catch(() => useStoredWords());
}

/** Those last used, for when they can be had from nowhere else: without a network, before the service worker keeps them. */
function useStoredWords(): void {
    const { lang, words } = JSON.parse(remembered("words") ?? "{}") as { lang?: Lang; words?: Record<string, string> };
    if (lang && words) use(lang, words);
}

async function switchTo(lang: Lang): Promise<void> {
    const response = await fetch(files[lang]).catch(() => null);
    if (!response?.ok) throw new ModelError("offline", `The words of “${lang}” cannot be had.`);
    const [keys, words] = await response.json() as [string[], string[]];
    use(lang, Object.fromEntries(keys.map((key, index) => [key, words[index]])));
    remember("words", JSON.stringify({ lang, words: messages }));
}

function use(lang: Lang, words: Record<string, string>): void {
    messages = words;
    document.documentElement.lang = lang;
    document.documentElement.dir = lang === "ar" ? "rtl" : "ltr";
    numbers = new Intl.NumberFormat(locale(lang), { maximumFractionDigits: 3 });
    plurals = new Intl.PluralRules(lang);
    names = new Intl.Collator(lang, { numeric: true });
    chosen.set(lang);
}

/** The language as this person's region writes it, so that German in Switzerland has Swiss numbers. */
function locale(lang = chosen.get()): string {
    return navigator.languages.find((tag) => tag.split("-")[0] === lang) ?? lang;
}

export function formatNumber(value: number): string {
    return numbers.format(value);
}

/** Orders names as the language does, "item 10" after "item 9". */
export function compareNames(a: string, b: string): number {
    return names.compare(a, b);
}

/** "5 minutes" in the words of the language. */
export function formatMinutes(value: number): string {
    return new Intl.NumberFormat(locale(), { style: "unit", unit: "minute", unitDisplay: "long" }).format(value);
}

export function formatBytes(bytes: number): string {
    const units = ["kilobyte", "megabyte", "gigabyte"];
    const power = Math.min(units.length, Math.max(1, Math.floor(Math.log10(Math.max(bytes, 1)) / 3)));
    const format = new Intl.NumberFormat(locale(), { style: "unit", unit: units[power - 1], maximumFractionDigits: 1 });
    return format.format(bytes / 1000 ** power);
}

export function formatDate(milliseconds: number, options: Intl.DateTimeFormatOptions = { dateStyle: "medium", timeStyle: "short" }): string {
    return new Intl.DateTimeFormat(locale(), options).format(milliseconds);
}

const steps: readonly [Intl.RelativeTimeFormatUnit, number][] = [["day", 86_400_000], ["hour", 3_600_000], ["minute", 60_000]];

/** "5 minutes ago", "yesterday"; what is more than a week away as a date. */
export function formatRelative(milliseconds: number, now = Date.now()): string {
    const away = milliseconds - now;
    if (Math.abs(away) > 7 * 86_400_000) return formatDate(milliseconds, { dateStyle: "medium" });
    const format = new Intl.RelativeTimeFormat(locale(), { numeric: "auto", style: "short" });
    const [unit, length] = steps.find(([, length]) => Math.abs(away) >= length) ?? ["second", Infinity];
    return format.format(Math.trunc(away / length) || 0, unit);
}
