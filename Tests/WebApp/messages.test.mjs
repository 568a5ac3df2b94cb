// The words: every language says everything, and every code has words.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { messageKey } from "../../Services/WebApp/src/ui/messageKey";

const root = process.env.LARDER_ROOT;
const app = join(root, "Services/WebApp");
const languages = Object.fromEntries(readdirSync(join(app, "messages")).map((name) => [
    name.replace(".json", ""), JSON.parse(readFileSync(join(app, "messages", name), "utf8")),
]));
const forms = /\.(zero|one|two|few|many|other)$/;
const base = (key) => key.replace(forms, "");
const isPlural = (key) => forms.test(key);
const placeholders = (text) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort();

function sources(folder = join(app, "src")) {
    return readdirSync(folder, { withFileTypes: true }).flatMap((found) => found.isDirectory() ? sources(join(folder, found.name))
        : /\.tsx?$/.test(found.name) ? [readFileSync(join(folder, found.name), "utf8")] : []);
}

test("all languages have the same keys", () => {
    const wanted = [...new Set(Object.keys(languages.en).map(base))].sort();
    for (const [language, words] of Object.entries(languages)) assert.deepEqual([...new Set(Object.keys(words).map(base))].sort(), wanted, language);
});

test("no words are empty, and all have the placeholders that English has", () => {
    for (const [language, words] of Object.entries(languages)) {
        for (const [key, text] of Object.entries(words)) {
            assert.ok(text.trim(), `${language}: ${key}`);
            if (!isPlural(key)) assert.deepEqual(placeholders(text), placeholders(languages.en[key]), `${language}: ${key}`);
        }
    }
});

test("plurals have every form that their language tells apart, or the one for all", () => {
    for (const [language, words] of Object.entries(languages)) {
        const categories = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
        for (const name of new Set(Object.keys(words).filter(isPlural).map(base))) {
            assert.ok(words[`${name}.other`], `${language}: ${name}.other`);
            const told = Object.keys(words).filter((key) => isPlural(key) && base(key) === name).map((key) => key.slice(name.length + 1));
            for (const form of told) assert.ok(categories.includes(form), `${language}: ${name}.${form} is never used`);
        }
    }
});

test("what the screens ask for is there, and nothing else", () => {
    const text = sources().join("\n");
    const keys = [...new Set(Object.keys(languages.en).map(base))];
    for (const [, key] of text.matchAll(/\b(?:t|plural)\("([\w.-]+)"/g)) assert.ok(keys.includes(key), `no words for ${key}`);
    const spelt = new Set([...text.matchAll(/"([\w.-]+)"/g)].map(([, key]) => key));
    const patterns = [...text.matchAll(/`([\w.-]*\$\{[^`]*)`/g)].map(([, pattern]) =>
        new RegExp(`^${pattern.replace(/\$\{(?:[^{}]|\{[^{}]*\})*\}/g, "\u0000").replace(/[.]/g, "\\.").replaceAll("\u0000", "[\\w.-]+")}$`));
    for (const key of keys) assert.ok(spelt.has(key) || patterns.some((pattern) => pattern.test(key)), `nobody says ${key}`);
});

test("every code of the API and of the replica has words", () => {
    const swift = readFileSync(join(root, "Shared/GatewayAPI/APIError.swift"), "utf8");
    const block = swift.slice(swift.indexOf("enum Code"), swift.indexOf("/// When a client may try again"));
    const codes = [...block.matchAll(/(?:case|,) ?(\w+)(?: = "(\w+)")?/g)].map(([, name, raw]) => raw ?? name);
    assert.ok(codes.includes("username_taken") && codes.includes("malformed") && codes.includes("busy"), codes.join());
    const types = readFileSync(join(app, "src/model/types.ts"), "utf8");
    const told = types.slice(types.indexOf("/** `code`: one of"), types.indexOf("class ModelError"));
    const own = [...told.matchAll(/`([a-z_]+)`/g)].map(([, code]) => code);
    for (const code of [...codes, ...own.filter((code) => code !== "code"), "unsynced", "storage_blocked", "storage_evicted", "signed_out"]) {
        const key = messageKey(code, (key) => key in languages.en);
        assert.ok(key in languages.en, `${code}: ${key}`);
    }
    assert.equal(messageKey("busy", (key) => key in languages.en), "error.unavailable");
    assert.equal(messageKey("something_new", (key) => key in languages.en), "error.internal");
});
