// Bundles the app and lays it out as it is served: names with a hash of the content for all but what has to be found by name, and each file
// compressed beside itself. Refuses what is larger than the budget.
// usage: node build.mjs listcrdt.wasm folder
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";

const gzippedBytesMax = 180 * 1024;
const [wasm, folder] = process.argv.slice(2);
const app = dirname(fileURLToPath(import.meta.url));

/** Where Debian keeps modules for Node. */
const debian = "/usr/share/nodejs";

/** Makes a script smaller than esbuild does, by a twentieth. */
function squeeze(path) {
    execFileSync("terser", [
        path, "--module", "--ecma", "2020", "--mangle", "toplevel", "--output", path,
        "--compress", "passes=3,ecma=2020,toplevel,pure_getters,unsafe_arrows,keep_fargs=false",
    ], { stdio: "inherit", env: { ...process.env, NODE_PATH: debian } });
}

/** As small as gzip's form can be. */
const gzipped = (path) => execFileSync("zopfli", ["-c", path], { maxBuffer: 1 << 26 });

function esbuild(...options) {
    execFileSync("esbuild", [
        "--bundle", "--minify", "--format=esm", "--target=es2022", "--charset=utf8", "--log-level=warning", "--legal-comments=none",
        "--define:process.env.NODE_ENV=\"production\"", ...options,
    ], { stdio: "inherit", cwd: work, env: { ...process.env, NODE_PATH: `${work}/node:${debian}` } });
}

/** Bundles entries in one pass and says what became of each. */
function bundle(entries, ...options) {
    esbuild(...entries, "--jsx=automatic", `--outdir=${out}`, "--outbase=src", "--metafile=meta.json", "--public-path=/", ...options);
    const { outputs } = JSON.parse(readFileSync(join(work, "meta.json"), "utf8"));
    return Object.entries(outputs).map(([path, { entryPoint, inputs }]) => ({
        path: relative(out, join(work, path)), entry: entryPoint ?? Object.keys(inputs)[0] ?? "",
    }));
}

/** React without what nothing here uses: it comes as CommonJS, which is bundled whole, all that it exports included. */
function shakeReact() {
    const all = (text, pattern) => [...text.matchAll(pattern)].map(([, name]) => name);
    let used = new Set(all(readFileSync(join(app, "react.mjs"), "utf8"), /(\w+)/g));
    for (const name of ["react-dom", "react"]) {
        const place = join(work, "node", name);
        cpSync(join(debian, name), place, { recursive: true, dereference: true });
        const path = join(place, "cjs", `${name}.production.min.js`);
        const text = readFileSync(path, "utf8");
        writeFileSync(path, text.replace(/^exports\.(\w+) = .*;$/gm, (line, name) => used.has(name) ? line : ""));
        used = new Set([...used, ...all(text, /\bReact__namespace\.(\w+)/g)]);
    }
}

/** What is bundled: the sources, and what is made for them. */
function prepare() {
    for (const name of ["src", "react.mjs"]) cpSync(join(app, name), join(work, name), { recursive: true });
    cpSync(join(app, "public"), out, { recursive: true });
    cpSync(wasm, join(work, "src/core/listcrdt.wasm"));
    shakeReact();
    esbuild("react.mjs", "--outfile=react.js");
    const paths = Object.fromEntries(["react", "react-dom", "react-dom/client", "react/jsx-runtime"].map((name) => [name, ["./react.js"]]));
    writeFileSync(join(work, "tsconfig.json"), JSON.stringify({ compilerOptions: { target: "es2022", paths } }));
    mkdirSync(join(work, "src/i18n/words"));
    for (const name of files(join(app, "messages"))) {
        const messages = JSON.parse(readFileSync(join(app, "messages", name), "utf8"));
        writeFileSync(join(work, "src/i18n/words", name), JSON.stringify([Object.keys(messages), Object.values(messages)]));
    }
}

function files(root, under = "") {
    return readdirSync(join(root, under), { withFileTypes: true }).flatMap((found) => {
        const path = join(under, found.name);
        return found.isDirectory() ? files(root, path) : [path];
    });
}

const hash = (text) => createHash("sha256").update(text).digest("hex").slice(0, 10);

const work = mkdtempSync(join(dirname(folder), ".webapp-"));
const out = join(work, "out");
try {
    prepare();
    const built = bundle(
        ["src/main.tsx", "src/ui/style.css"],
        "--loader:.wasm=file", "--loader:.json=file", "--entry-names=assets/[name]-[hash]", "--asset-names=assets/[name]-[hash]",
    );
    const place = (entry) => `/${built.find((output) => output.entry === entry).path}`;
    const page = readFileSync(join(app, "index.html"), "utf8")
        .replace("src/main.tsx", place("src/main.tsx")).replace("src/ui/style.css", place("src/ui/style.css"));
    writeFileSync(join(out, "index.html"), page);

    for (const path of files(join(out, "assets"))) if (path.endsWith(".js")) squeeze(join(out, "assets", path));

    // All that the app needs without a network; of the messages those of the person's language, and icons only for who installs it.
    const isLater = (path) => path.endsWith(".json") || path.endsWith(".png");
    const kept = ["/", ...files(out).filter((path) => path !== "index.html" && !isLater(path)).map((path) => `/${path}`)].sort();
    const version = hash(files(out).sort().map((path) => path + hash(readFileSync(join(out, path)))).join("\n"));
    bundle(["src/sw.ts"], "--entry-names=[name]", `--define:ASSETS=${JSON.stringify(kept)}`, `--define:VERSION=${JSON.stringify(version)}`);

    // What a first visit downloads: all of that, and a language, counted at its longest.
    const sizes = new Map();
    for (const path of files(out)) {
        const content = readFileSync(join(out, path));
        const smaller = gzipped(join(out, path));
        const part = path.endsWith(".json") ? "messages" : path;
        if (!path.endsWith(".png")) sizes.set(part, Math.max(sizes.get(part) ?? 0, Math.min(smaller.length, content.length)));
        if (smaller.length >= content.length * 0.95) continue; // compressed already, as images are
        writeFileSync(join(out, `${path}.gz`), smaller);
        writeFileSync(join(out, `${path}.br`), brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
    }
    const total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
    for (const [part, size] of sizes) console.log(`  ${String(size).padStart(7)}  ${part}`);
    console.log(`build-webapp: ${folder}: ${total} bytes gzipped (at most ${gzippedBytesMax})`);
    if (total > gzippedBytesMax) throw new Error(`the app is too large: ${total} bytes gzipped, ${gzippedBytesMax} allowed`);
    rmSync(folder, { recursive: true, force: true });
    renameSync(out, folder);
} finally {
    rmSync(work, { recursive: true, force: true });
}
