// Which rows of a long list are in the page.
import assert from "node:assert/strict";
import test from "node:test";
import { Heights, rowAt, segments, tops } from "../../Services/WebApp/src/ui/list/windowing";

const even = (count, height = 50) => tops(Array(count).fill(height));

test("tops add up", () => {
    assert.deepEqual([...tops([10, 20, 30])], [0, 10, 30, 60]);
    assert.deepEqual([...tops([])], [0]);
});

test("the row at a place is found, or the nearest", () => {
    const all = even(100);
    assert.equal(rowAt(all, 0), 0);
    assert.equal(rowAt(all, 49.9), 0);
    assert.equal(rowAt(all, 50), 1);
    assert.equal(rowAt(all, 1e9), 99);
    assert.equal(rowAt(all, -5), 0);
    assert.equal(rowAt(tops([]), 10), 0);
});

test("segments cover all rows exactly once, at their heights", () => {
    const cases = [
        [5000, 100, 130, [3, 4999]], [10, 0, 9, []], [10, 4, 4, [4, 5]], [0, 0, 0, []], [10, 8, 12, [-1, 50]], [30, 5, 9, [6, 20, 21]],
    ];
    for (const [count, first, last, kept] of cases) {
        const all = even(count);
        let next = 0;
        const drawn = new Set();
        for (const segment of segments(all, first, last, kept)) {
            assert.equal(segment.first, next);
            if (segment.kind === "rows") {
                for (let index = segment.first; index <= segment.last; index++) drawn.add(index);
                next = segment.last + 1;
            } else {
                assert.ok(segment.height > 0);
                next = Math.round(next + segment.height / 50);
            }
        }
        assert.equal(next, count, `${count} rows`);
        for (const index of [...kept, first, Math.min(last, count - 1)]) if (index >= 0 && index < count) assert.ok(drawn.has(index), `row ${index}`);
    }
});

test("heights say what is news", () => {
    const heights = new Heights();
    assert.equal(heights.set("a", 50), true);
    assert.equal(heights.set("a", 50.3), false);
    assert.equal(heights.set("a", 80), true);
    assert.equal(heights.get("a"), 80);
    heights.clear();
    assert.equal(heights.get("a"), undefined);
});
