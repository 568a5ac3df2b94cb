// Lists to files and back.
import assert from "node:assert/strict";
import test from "node:test";
import { fileName, formats, readLists, writeLists } from "../../Services/WebApp/src/io";
import { parseCSV, separatorOf } from "../../Services/WebApp/src/io/csv";

const full = { name: "Weekly shopping", template: false, items: [
    { name: "apples", checked: false, target: 2, acquired: 1, unit: "kg", category: "Fruit", note: "the red ones" },
    { name: "milk", checked: true, target: null, acquired: 0, unit: null, category: null, note: null },
    { name: "“quoted”, and; odd", checked: false, target: 3, acquired: 0, unit: null, category: "Fruit", note: "two\nlines" },
] };
const tidy = ({ name, checked, target, acquired, unit, category, note }) => ({
    name, checked: checked ?? false, target: target ?? null, acquired: acquired ?? 0, unit: unit ?? null, category: category ?? null,
    note: note ?? null,
});

for (const format of ["json", "csv"]) {
    test(`${format} keeps all there is to an item`, () => {
        const [list] = readLists(writeLists([full], format), `Weekly shopping.${format}`);
        assert.equal(list.name, full.name);
        assert.deepEqual(list.items.map(tidy), full.items.map(tidy));
    });
}

for (const format of ["text", "markdown"]) {
    test(`${format} keeps names, amounts, checks and notes`, () => {
        const [list] = readLists(writeLists([full], format), "list.md");
        const found = Object.fromEntries(list.items.map((item) => [item.name, tidy(item)]));
        for (const item of full.items) {
            const kept = found[item.name];
            assert.ok(kept, item.name);
            for (const field of ["checked", "target", "unit", "note"]) assert.equal(kept[field], tidy(item)[field], `${item.name}: ${field}`);
        }
    });
}

test("several lists stay apart, in every form", () => {
    const lists = [full, { name: "Trip", template: false, items: [{ name: "tent" }] }];
    for (const format of formats) {
        const found = readLists(writeLists(lists, format));
        assert.deepEqual(found.map(({ name, items }) => [name, items.length]), [["Weekly shopping", 3], ["Trip", 1]], format);
    }
});

test("spreadsheets run nothing that was typed into a list", () => {
    const evil = ["=1+1", "+cmd", "-2", "@SUM(A1)", "\t=1", "'=x"].map((name) => ({ name }));
    const text = writeLists([{ name: "x", items: evil }], "csv");
    for (const line of text.split("\r\n").slice(1, -1)) assert.match(line, /^"?'/, line);
    assert.deepEqual(readLists(text, "x.csv")[0].items.map(({ name }) => name), evil.map(({ name }) => name.trim()));
});

test("tables are read with other separators, other words and without a head", () => {
    assert.equal(separatorOf("a;b;c\n1;2;3"), ";");
    assert.deepEqual(parseCSV("a,\"b \"\"c\"\",\nd\",e\r\n\n1,2,3", ","), [["a", "b \"c\",\nd", "e"], ["1", "2", "3"]]);
    const german = readLists("Artikel;Menge;Einheit;Kategorie;erledigt\nÄpfel;1,5;kg;Obst;ja\nBrot;;;;", "liste.csv")[0].items;
    assert.deepEqual(german.map(tidy), [
        { name: "Äpfel", checked: true, target: 1500, acquired: 0, unit: "g", category: "Obst", note: null },
        { name: "Brot", checked: false, target: null, acquired: 0, unit: null, category: null, note: null },
    ]);
});

test("JSON of the API, plain arrays and arrays of arrays of names are read", () => {
    assert.deepEqual(readLists('["milk", "bread"]')[0].items.map(({ name }) => name), ["milk", "bread"]);
    const [list] = readLists('{"name":"L","items":[{"name":"apples","quantity":{"target":3,"acquired":1,"remaining":2}},{"nameless":1},null,5]}');
    assert.deepEqual(list.items.map(tidy), [tidy({ name: "apples", target: 3, acquired: 1 })]);
});

test("what is no list is refused, and nothing of it runs", () => {
    for (const text of ["", "   ", "{}", "[]", "null", '{"items":[]}', '{"__proto__":{"name":"x"}}']) {
        assert.equal(readLists(text, "x.json"), null, text);
    }
    const markup = readLists("<img src=x onerror=alert(1)>\n- [x] <b>bold</b>");
    assert.deepEqual(markup[0].items.map(({ name }) => name), ["<img src=x onerror=alert(1)>", "<b>bold</b>"]);
});

test("Markdown headings are lists and categories, indented lines are notes", () => {
    const [first, second] = readLists("# One\n## Fruit\n- [ ] 2 kg apples\n    red\n    ripe\n- pears\n# Two\n* tea");
    assert.deepEqual(first.items.map(tidy), [
        tidy({ name: "apples", target: 2, unit: "kg", category: "Fruit", note: "red\nripe" }), tidy({ name: "pears", category: "Fruit" }),
    ]);
    assert.deepEqual([second.name, second.items.length], ["Two", 1]);
});

test("names of files have nothing that a file system refuses", () => {
    assert.equal(fileName("a/b\\c:*?\"<>|\u0000d", "csv"), "a b c d.csv");
    assert.equal(fileName("...", "json"), "list.json");
    assert.equal(fileName("", "markdown"), "list.md");
});
