// Which rows of a long list are in the page: those near the viewport and those that must stay, with spacers between. Pure.

/** Heights that were measured, by the row's key. */
export class Heights {
    private readonly measured = new Map<string, number>();

    /** Whether that is news. */
    set(key: string, height: number): boolean {
        const known = this.measured.get(key);
        if (known !== undefined && Math.abs(known - height) < 0.5) return false;
        this.measured.set(key, height);
        return true;
    }

    get(key: string): number | undefined {
        return this.measured.get(key);
    }

    clear(): void {
        this.measured.clear();
    }
}

/** The top of each row, and the bottom of the last. */
export function tops(heights: readonly number[]): Float64Array {
    const result = new Float64Array(heights.length + 1);
    for (let index = 0; index < heights.length; index++) result[index + 1] = result[index] + heights[index];
    return result;
}

/** The row at `y`, or the nearest. */
export function rowAt(tops: Float64Array, y: number): number {
    let low = 0;
    let high = Math.max(0, tops.length - 2);
    while (low < high) {
        const middle = (low + high + 1) >> 1;
        if (tops[middle] <= y) low = middle;
        else high = middle - 1;
    }
    return low;
}

export type Segment = { kind: "rows"; first: number; last: number } | { kind: "spacer"; first: number; height: number };

/** Rows `first...last` and the `kept` ones, and the spacers that stand for the others. */
export function segments(tops: Float64Array, first: number, last: number, kept: readonly number[]): Segment[] {
    const count = tops.length - 1;
    const ranges: [number, number][] = [[first, Math.min(last, count - 1)]];
    for (const index of kept) if (index >= 0 && index < count && (index < first || index > last)) ranges.push([index, index]);
    ranges.sort(([a], [b]) => a - b);
    const result: Segment[] = [];
    let next = 0;
    for (const [from, to] of ranges) {
        if (to < from) continue;
        if (from > next) result.push({ kind: "spacer", first: next, height: tops[from] - tops[next] });
        if (to >= next) result.push({ kind: "rows", first: Math.max(from, next), last: to });
        next = Math.max(next, to + 1);
    }
    if (next < count) result.push({ kind: "spacer", first: next, height: tops[count] - tops[next] });
    return result;
}
