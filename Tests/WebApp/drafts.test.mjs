// What is typed into the editor of an item, and the edit that it amounts to.
import assert from "node:assert/strict";
import test from "node:test";
import { draftOf, patchOf, shownValue } from "../../Services/WebApp/src/ui/list/itemDraft";

const quantity = { target: 2, acquired: 1, remaining: 1 };
const item = { id: "a", name: "apples", note: null, category: "Fruit", unit: "kg", checked: false, quantity };

test("only what was typed and is different is an edit", () => {
    assert.equal(patchOf(item, {}), null);
    assert.equal(patchOf(item, { name: " apples ", category: "Fruit", unit: "kg", note: " ", quantity: "2" }), null);
    assert.deepEqual(patchOf(item, { name: "pears", note: "ripe" }), { name: "pears", note: "ripe" });
    assert.deepEqual(patchOf(item, { category: "" }), { category: null });
});

test("an emptied name and an amount that is no number stay as they were", () => {
    assert.equal(patchOf(item, { name: "  ", quantity: "many" }), null);
    assert.equal(patchOf(item, { quantity: "-3" }), null);
});

test("amounts: none, fractions, other digits", () => {
    assert.deepEqual(patchOf(item, { quantity: "" }), { target: null });
    assert.deepEqual(patchOf(item, { quantity: "1,5" }), { target: 1500, unit: "g" });
    assert.deepEqual(patchOf(item, { quantity: "٣" }), { target: 3 });
});

test("fields that nobody typed into follow the item", () => {
    assert.equal(shownValue(item, { name: "pears" }, "name"), "pears");
    assert.equal(shownValue(item, {}, "quantity"), "2");
    assert.deepEqual(draftOf(item, { name: "pears" }), { name: "pears", note: null, category: "Fruit", unit: "kg", target: 2 });
});
