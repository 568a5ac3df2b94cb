// What the list shows from top to bottom, and where a dragged row may go.
import assert from "node:assert/strict";
import test from "node:test";
import { categoryAt, dropAt, moved, nearestPlace, places } from "../../Services/WebApp/src/ui/list/drop";
import { buildRows, fold } from "../../Services/WebApp/src/ui/list/rows";
import { swipeOutcome } from "../../Services/WebApp/src/ui/list/swipe";

const item = (id, category = null, more = {}) => ({
    id, name: id, note: null, category, checked: false, quantity: null, unit: null, updatedMilliseconds: 0, conflicts: [], ...more,
});
const look = (more = {}) => ({
    view: "category", filter: "", expanded: false, isPlacedCompleted: ({ checked }) => checked, kept: null,
    compare: (a, b) => a < b ? -1 : 1, ...more,
});
const shown = (items, more) => buildRows(items, look(more)).map((row) => row.kind === "group" ? `[${row.category}]` : row.key);

test("items are grouped by category, and those without come last", () => {
    assert.deepEqual(shown([item("a", "z"), item("b"), item("c", "f"), item("d", "z")]), ["[f]", "c", "[z]", "a", "d", "[null]", "b"]);
});

test("where nothing has a category, there are no heads", () => {
    assert.deepEqual(shown([item("a"), item("b")]), ["a", "b"]);
    assert.deepEqual(shown([item("a"), item("b", "f", { checked: true })], { expanded: true }), ["a", "completed", "b"]);
});

test("hand order has no heads", () => {
    assert.deepEqual(shown([item("a", "z"), item("b"), item("c", "f")], { view: "hand" }), ["a", "b", "c"]);
});

test("the completed come last, the latest first, behind a head that folds them", () => {
    const items = [item("a", null, { checked: true, updatedMilliseconds: 1 }), item("b"), item("c", null, { checked: true, updatedMilliseconds: 2 })];
    assert.deepEqual(shown(items), ["b", "completed"]);
    assert.deepEqual(shown(items, { expanded: true }), ["b", "completed", "c", "a"]);
});

test("a filter finds without case and accents in names, notes and categories, and unfolds the completed", () => {
    const items = [item("Açúcar"), item("b", "Açougue"), item("c", null, { note: "com açafrão", checked: true }), item("d")];
    assert.deepEqual(shown(items, { filter: "ACA", view: "hand" }), ["completed", "c"]);
    assert.deepEqual(shown(items, { filter: "aç", view: "hand" }), ["Açúcar", "b", "completed", "c"]);
    assert.deepEqual(shown(items, { filter: "d", view: "hand", kept: "b" }), ["b", "d"]);
    assert.equal(fold("  ÉCLAIR "), "eclair");
});

test("a row goes between others; under another head it gets that category", () => {
    const items = [item("a", "f"), item("b", "f"), item("c", "z")];
    const rows = buildRows(items, look());
    assert.deepEqual(rows.map((row) => row.key), ["group f", "a", "b", "group z", "c"]);
    const [first, last] = places(rows, "category");
    assert.deepEqual([first, last], [1, 4]);
    const under = moved(rows, 1, 3);
    assert.deepEqual(under.map((row) => row.key), ["group f", "b", "group z", "a", "c"]);
    assert.deepEqual(dropAt(items, under, 3), { after: "b", category: "z" });
    assert.deepEqual(dropAt(items, moved(rows, 4, 1), 1), { after: null, category: "f" });
    assert.equal(categoryAt(rows, 4), "z");
});

test("the place whose top is nearest is taken, within bounds", () => {
    assert.equal(nearestPlace([50, 50, 50], 60, [0, 3]), 1);
    assert.equal(nearestPlace([50, 50, 50], 900, [0, 2]), 2);
    assert.equal(nearestPlace([50, 50, 50], -9, [1, 3]), 1);
});

test("a swipe counts when it is far or quick, and not when it turned back", () => {
    assert.equal(swipeOutcome(200, 0, 360), "check");
    assert.equal(swipeOutcome(-200, 0, 360), "remove");
    assert.equal(swipeOutcome(50, 1, 360), "check");
    assert.equal(swipeOutcome(50, 0, 360), null);
    assert.equal(swipeOutcome(200, -1, 360), null);
});
