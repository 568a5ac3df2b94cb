// QR codes of short texts (ISO/IEC 18004): bytes, error correction level M, versions 1 to 10. Pure. Our own, as the library that the
// tests compare it with would be a twentieth of all that a first visit may download.

/** By version: codewords of error correction in a block, and blocks. */
const correction = [10, 16, 26, 18, 24, 16, 18, 22, 22, 26];
const blockCount = [1, 1, 1, 2, 2, 4, 4, 4, 5, 5];
const versionMax = 10;

/** Rows of modules, true where dark; null when the text is too long. */
export function qrModules(text: string): boolean[][] | null {
    const bytes = new TextEncoder().encode(text);
    for (let version = 1; version <= versionMax; version++) {
        const data = dataCodewords(bytes, version);
        if (data) return best(new Matrix(version), interleave(data, version));
    }
    return null;
}

/** Mode, length, bytes, end and padding; null when that does not fit. */
function dataCodewords(bytes: Uint8Array, version: number): number[] | null {
    const capacity = allCodewords(version) - correction[version - 1] * blockCount[version - 1];
    const bits: number[] = [];
    const append = (value: number, length: number) => {
        for (let bit = length - 1; bit >= 0; bit--) bits.push((value >> bit) & 1);
    };
    append(4, 4);
    append(bytes.length, version < 10 ? 8 : 16);
    for (const byte of bytes) append(byte, 8);
    if (bits.length > capacity * 8) return null;
    append(0, Math.min(4, capacity * 8 - bits.length));
    append(0, (8 - (bits.length % 8)) % 8);
    const words: number[] = [];
    for (let at = 0; at < bits.length; at += 8) words.push(bits.slice(at, at + 8).reduce((word, bit) => (word << 1) | bit, 0));
    for (let pad = 0xec; words.length < capacity; pad ^= 0xec ^ 0x11) words.push(pad);
    return words;
}

/** What fits beside the patterns that every symbol has. */
function allCodewords(version: number): number {
    let modules = (16 * version + 128) * version + 64;
    const aligned = version < 2 ? 0 : Math.floor(version / 7) + 2;
    if (aligned) modules -= (25 * aligned - 10) * aligned - 55;
    if (version >= 7) modules -= 36;
    return modules >> 3;
}

function interleave(data: number[], version: number): number[] {
    const blocks = blockCount[version - 1];
    const corrected = correction[version - 1];
    const short = Math.floor(data.length / blocks);
    const longBlocks = data.length % blocks;
    const parts: number[][] = [];
    for (let block = 0, at = 0; block < blocks; block++) {
        const length = short + (block >= blocks - longBlocks ? 1 : 0);
        parts.push(data.slice(at, at += length));
    }
    const remainders = parts.map((part) => remainder(part, divisor(corrected)));
    const columns = (rows: number[][], count: number) => [...Array(count).keys()].flatMap((at) => rows.flatMap((row) => row.slice(at, at + 1)));
    return [...columns(parts, short + 1), ...columns(remainders, corrected)];
}

function multiply(x: number, y: number): number {
    let product = 0;
    for (let bit = 7; bit >= 0; bit--) product = (product << 1) ^ ((product >> 7) * 0x11d) ^ (((y >> bit) & 1) * x);
    return product;
}

function divisor(degree: number): number[] {
    const result = [...Array<number>(degree - 1).fill(0), 1];
    for (let step = 0, root = 1; step < degree; step++, root = multiply(root, 2)) {
        for (let at = 0; at < degree; at++) result[at] = multiply(result[at], root) ^ (result[at + 1] ?? 0);
    }
    return result;
}

function remainder(data: number[], divisor: number[]): number[] {
    const result = divisor.map(() => 0);
    for (const word of data) {
        const factor = word ^ result.shift()!;
        result.push(0);
        divisor.forEach((coefficient, at) => { result[at] ^= multiply(coefficient, factor); });
    }
    return result;
}

const masks: ((x: number, y: number) => number)[] = [
    (x, y) => (x + y) % 2, (_, y) => y % 2, (x) => x % 3, (x, y) => (x + y) % 3, (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2,
    (x, y) => ((x * y) % 2) + ((x * y) % 3), (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2, (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2,
];

class Matrix {
    readonly size: number;
    readonly dark: boolean[][];
    private readonly fixed: boolean[][];

    constructor(readonly version: number) {
        const size = this.size = version * 4 + 17;
        const grid = () => Array.from({ length: size }, () => Array<boolean>(size).fill(false));
        [this.dark, this.fixed] = [grid(), grid()];
        for (let at = 0; at < size; at++) {
            this.fix(6, at, at % 2 === 0);
            this.fix(at, 6, at % 2 === 0);
        }
        for (const [x, y] of [[3, 3], [size - 4, 3], [3, size - 4]]) this.square(x, y, 4, (ring) => ring !== 2 && ring !== 4);
        const centres = this.centres();
        const last = centres.length - 1;
        centres.forEach((x, i) => centres.forEach((y, j) => {
            const atFinder = (i === 0 && j === 0) || (i === 0 && j === last) || (i === last && j === 0);
            if (!atFinder) this.square(x, y, 2, (ring) => ring !== 1);
        }));
        this.format(0);
        if (version >= 7) this.versionBits();
    }

    /** Data from the lower right corner in zigzag, under a mask. */
    fill(words: number[], mask: number): void {
        let bit = 0;
        for (let right = this.size - 1; right >= 1; right -= 2) {
            if (right === 6) right = 5;
            for (let step = 0; step < this.size; step++) {
                const y = ((right + 1) & 2) === 0 ? this.size - 1 - step : step;
                for (const x of [right, right - 1]) {
                    if (this.fixed[y][x]) continue;
                    const dark = (((words[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1) === 1;
                    this.dark[y][x] = dark !== (masks[mask](x, y) === 0);
                    bit++;
                }
            }
        }
        this.format(mask);
    }

    /** The less, the better it can be read. */
    penalty(): number {
        const { dark, size } = this;
        const lines = [...dark, ...dark.map((_, x) => dark.map((row) => row[x]))].map((line) => line.map(Number).join(""));
        let sum = 0;
        for (const line of lines) {
            for (const run of line.match(/0{5,}|1{5,}/g) ?? []) sum += run.length - 2;
            sum += 40 * [...line.matchAll(/(?=00001011101|10111010000)/g)].length;
        }
        for (let y = 1; y < size; y++) {
            for (let x = 1; x < size; x++) {
                const square = [dark[y][x], dark[y][x - 1], dark[y - 1][x], dark[y - 1][x - 1]];
                if (new Set(square).size === 1) sum += 3;
            }
        }
        const share = dark.flat().filter(Boolean).length / (size * size);
        return sum + Math.floor(Math.abs(share - 0.5) * 20) * 10;
    }

    private fix(x: number, y: number, dark: boolean): void {
        if (x < 0 || y < 0 || x >= this.size || y >= this.size) return;
        this.dark[y][x] = dark;
        this.fixed[y][x] = true;
    }

    private square(x: number, y: number, radius: number, isDark: (ring: number) => boolean): void {
        for (let dy = -radius; dy <= radius; dy++) {
            for (let dx = -radius; dx <= radius; dx++) this.fix(x + dx, y + dy, isDark(Math.max(Math.abs(dx), Math.abs(dy))));
        }
    }

    private centres(): number[] {
        if (this.version === 1) return [];
        const count = Math.floor(this.version / 7) + 2;
        const step = Math.ceil((this.version * 4 + 4) / (count * 2 - 2)) * 2;
        const result = [6];
        for (let at = this.size - 7; result.length < count; at -= step) result.splice(1, 0, at);
        return result;
    }

    private format(mask: number): void {
        const bits = checked(mask, 10, 0x537) ^ 0x5412;
        const bit = (at: number) => ((bits >> at) & 1) === 1;
        for (let at = 0; at < 6; at++) this.fix(8, at, bit(at));
        this.fix(8, 7, bit(6));
        this.fix(8, 8, bit(7));
        this.fix(7, 8, bit(8));
        for (let at = 9; at < 15; at++) this.fix(14 - at, 8, bit(at));
        for (let at = 0; at < 8; at++) this.fix(this.size - 1 - at, 8, bit(at));
        for (let at = 8; at < 15; at++) this.fix(8, this.size - 15 + at, bit(at));
        this.fix(8, this.size - 8, true);
    }

    private versionBits(): void {
        const bits = checked(this.version, 12, 0x1f25);
        for (let at = 0; at < 18; at++) {
            const [far, near] = [this.size - 11 + (at % 3), Math.floor(at / 3)];
            this.fix(far, near, ((bits >> at) & 1) === 1);
            this.fix(near, far, ((bits >> at) & 1) === 1);
        }
    }
}

/** Followed by its check bits. Level M is 00, so that a mask alone is the whole of a format. */
function checked(value: number, length: number, generator: number): number {
    let rest = value;
    for (let step = 0; step < length; step++) rest = (rest << 1) ^ ((rest >> (length - 1)) * generator);
    return (value << length) | rest;
}

function best(symbol: Matrix, words: number[]): boolean[][] {
    let [mask, least] = [0, Infinity];
    for (const candidate of masks.keys()) {
        symbol.fill(words, candidate);
        const penalty = symbol.penalty();
        if (penalty < least) [mask, least] = [candidate, penalty];
    }
    symbol.fill(words, mask);
    return symbol.dark;
}
