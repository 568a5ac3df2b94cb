// What a typed line means.
import assert from "node:assert/strict";
import test from "node:test";
import { parseItem, parseLines } from "../../Services/WebApp/src/ui/list/parse";
import { findUnit, wholeUnits } from "../../Services/WebApp/src/ui/list/units";
import { latinDigits } from "../../Services/WebApp/src/ui/list/itemDraft";

const cases = {
    "an amount and a unit before the name": [
        ["2 kg apples", { name: "apples", target: 2, unit: "kg" }],
        ["500g flour", { name: "flour", target: 500, unit: "g" }],
        ["3 bottles of water", { name: "water", target: 3, unit: "bottles" }],
        ["2 kg de maçãs", { name: "maçãs", target: 2, unit: "kg" }],
        ["2 Flaschen Saft", { name: "Saft", target: 2, unit: "Flaschen" }],
        ["٢ كغ تفاح", { name: "تفاح", target: 2, unit: "كغ" }],
    ],
    "a number alone counts": [
        ["6 eggs", { name: "eggs", target: 6 }],
        ["3 x coffee", { name: "coffee", target: 3 }],
        ["3× coffee", { name: "coffee", target: 3 }],
        ["coffee x2", { name: "coffee", target: 2 }],
        ["coffee (2x)", { name: "coffee", target: 2 }],
    ],
    "an amount behind the name": [
        ["flour 500 g", { name: "flour", target: 500, unit: "g" }],
        ["milk, 2 l", { name: "milk", target: 2, unit: "l" }],
    ],
    "fractions become whole units of a smaller one": [
        ["1.5 kg potatoes", { name: "potatoes", target: 1500, unit: "g" }],
        ["1,5 kg Kartoffeln", { name: "Kartoffeln", target: 1500, unit: "g" }],
        ["½ l cream", { name: "cream", target: 500, unit: "ml" }],
        ["1 1/2 kg beef", { name: "beef", target: 1500, unit: "g" }],
    ],
    "what is not sure stays in the name": [
        ["7up", { name: "7up" }],
        ["007 film", { name: "007 film" }],
        ["1.500 g rice", { name: "1.500 g rice" }],
        ["½ lemon", { name: "½ lemon" }],
        ["5G router", { name: "5G router" }],
        ["apples", { name: "apples" }],
        ["2 kg", { name: "2 kg" }],
        ["100000 grains", { name: "100000 grains" }],
        ["0 apples", { name: "0 apples" }],
        ["  green   tea ", { name: "green tea" }],
        ["", { name: "" }],
    ],
};

for (const [claim, lines] of Object.entries(cases)) {
    test(claim, () => {
        for (const [text, wanted] of lines) assert.deepEqual(parseItem(text), wanted, text);
    });
}

test("a name is never empty unless the line is", () => {
    for (const text of ["1", "x", "2 x", "kg", "3 kg", "½", "(2x)", "- ", "١", "1/0 kg salt", "\u202e3 kg"]) {
        assert.notEqual(parseItem(text).name, "", text);
    }
});

test("each pasted line is an item, without bullets and boxes", () => {
    assert.deepEqual(parseLines("- milk\r\n* 2 kg apples\n\n3. bread\n[x] butter\n  - [ ] jam\n•  tea"), [
        { name: "milk" }, { name: "apples", target: 2, unit: "kg" }, { name: "bread" }, { name: "butter", checked: true }, { name: "jam" },
        { name: "tea" },
    ]);
});

test("singular units stand for one", () => {
    assert.deepEqual(parseItem("1 can beans"), { name: "beans", target: 1, unit: "can" });
    assert.deepEqual(parseItem("3 can openers"), { name: "can openers", target: 3 });
    assert.equal(findUnit("M"), null);
    assert.deepEqual(wholeUnits(0.3, "kg"), { target: 300, unit: "g" });
    assert.equal(wholeUnits(0.3, "can"), null);
    assert.equal(latinDigits("١٫٥"), "1.5");
});
