// QR codes: against one that another program made, and read back.
import assert from "node:assert/strict";
import test from "node:test";
import { qrModules } from "../../Services/WebApp/src/ui/list/qr";

const hex = (modules) => modules.map((row) => BigInt(`0b${row.map(Number).join("")}`).toString(16)).join(" ");

test("a link looks as qrcode-generator 1.4.4 draws it", () => {
    assert.equal(hex(qrModules("https://larder.example/join/0uoW_k7drJ43nSRq_EEW26yi9")), [
        "1fdc5f67f 105b49f41 174fd715d 175627c5d 17461b35d 1046f7d41 1fd55557f 163d200 16ef68c4b 18108fa6d d44956fb 168f2a1a9 107050c1b 5a2c298e",
        "c650f84c 1617a0bf4 feb06ed4 12bbf17d8 66be5d36 e327c492 11ddb111c 112bbbc4d 76261797 f08a1298 1244085f2 1bf251b 1fd94fb50 10566cf1f",
        "17487cbf6 175ad8a29 175fb8964 1047cf0b1 1fd99eadc",
    ].join(" "));
});

test("what is written can be read, in all versions, and longer texts give nothing", () => {
    for (const length of [1, 14, 15, 26, 42, 62, 84, 106, 122, 152, 180, 213]) {
        const text = Array.from({ length }, (_, at) => String.fromCharCode(33 + (at * 37) % 90)).join("");
        assert.equal(read(qrModules(text)), text, `${length} characters`);
    }
    assert.equal(read(qrModules("مرحبا ☕")), "مرحبا ☕");
    assert.equal(qrModules("x".repeat(300)), null);
});

/** Reads a symbol of level M without using its correction. */
function read(dark) {
    const size = dark.length, version = (size - 17) / 4;
    const masks = [
        (x, y) => (x + y) % 2, (x, y) => y % 2, (x) => x % 3, (x, y) => (x + y) % 3, (x, y) => ((x / 3 | 0) + (y / 2 | 0)) % 2,
        (x, y) => x * y % 2 + x * y % 3, (x, y) => (x * y % 2 + x * y % 3) % 2, (x, y) => ((x + y) % 2 + x * y % 3) % 2,
    ];
    const formatBits = [8, 7, 5, 4, 3, 2, 1, 0].map((y) => dark[y][8]).reverse();
    const low = formatBits.slice(0, 6).reduce((sum, bit, at) => sum | (bit << at), 0);
    const high = [dark[8][8], dark[8][7], dark[8][5], dark[8][4], dark[8][3], dark[8][2], dark[8][1], dark[8][0]];
    const format = (low | (dark[7][8] << 6) | high.reduce((sum, bit, at) => sum | (bit << (at + 7)), 0)) ^ 0x5412;
    assert.equal(format >> 13, 0, "level M");
    const isMasked = masks[(format >> 10) & 7];
    const count = version === 1 ? 0 : (version / 7 | 0) + 2;
    const centres = count === 0 ? [] : [6, ...Array.from({ length: count - 1 }, (_, at) =>
        size - 7 - (count - 2 - at) * Math.ceil((version * 4 + 4) / (count * 2 - 2)) * 2)];
    const isFixed = (x, y) => (x < 9 && y < 9) || (x > size - 9 && y < 9) || (x < 9 && y > size - 9) || x === 6 || y === 6
        || (version > 6 && ((x > size - 12 && y < 6) || (y > size - 12 && x < 6)))
        || centres.some((cx) => centres.some((cy) => Math.max(Math.abs(x - cx), Math.abs(y - cy)) < 3
            && !((cx === 6 && (cy === 6 || cy === size - 7)) || (cx === size - 7 && cy === 6))));
    const bits = [];
    for (let right = size - 1, up = true; right > 0; right -= 2, up = !up) {
        if (right === 6) right = 5;
        for (let step = 0; step < size; step++) {
            const y = up ? size - 1 - step : step;
            for (const x of [right, right - 1]) if (!isFixed(x, y)) bits.push(dark[y][x] !== (isMasked(x, y) === 0));
        }
    }
    const words = Array.from({ length: bits.length >> 3 }, (_, at) => bits.slice(at * 8, at * 8 + 8).reduce((word, bit) => word << 1 | bit, 0));
    const blocks = [1, 1, 1, 2, 2, 4, 4, 4, 5, 5][version - 1], corrected = [10, 16, 26, 18, 24, 16, 18, 22, 22, 26][version - 1] * blocks;
    const length = words.length - corrected, short = Math.floor(length / blocks);
    const parts = Array.from({ length: blocks }, () => []);
    let at = 0;
    for (let column = 0; column <= short; column++) {
        for (let block = 0; block < blocks; block++) {
            if (column < short || block >= blocks - length % blocks) parts[block].push(words[at++]);
        }
    }
    const data = parts.flat().flatMap((word) => [word >> 4, word & 15]);
    assert.equal(data[0], 4, "bytes");
    const long = version > 9;
    const bytes = data.slice(1, long ? 5 : 3).reduce((sum, half) => sum << 4 | half, 0);
    const halves = data.slice(long ? 5 : 3);
    return new TextDecoder().decode(Uint8Array.from({ length: bytes }, (_, index) => halves[index * 2] << 4 | halves[index * 2 + 1]));
}
