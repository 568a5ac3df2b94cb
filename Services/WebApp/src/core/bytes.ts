// Bytes as ByteWriter and ByteReader in Shared/ListCRDT have them: what goes into the WebAssembly module and comes out.

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export const fromHex = (hex: string): Uint8Array => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));

const digits = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
export const toHex = (bytes: Uint8Array): string => {
    let hex = "";
    for (const byte of bytes) hex += digits[byte];
    return hex;
};

export const fromBase64 = (text: string): Uint8Array => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
export const toBase64 = (bytes: Uint8Array): string => {
    let text = "";
    for (const byte of bytes) text += String.fromCharCode(byte);
    return btoa(text);
};

export const equalBytes = (left: Uint8Array, right: Uint8Array): boolean =>
    left.length === right.length && left.every((byte, index) => byte === right[index]);

export class Writer {
    private bytes = new Uint8Array(256);
    private length = 0;

    private room(count: number): void {
        if (this.length + count <= this.bytes.length) return;
        const larger = new Uint8Array(Math.max(this.bytes.length * 2, this.length + count));
        larger.set(this.bytes.subarray(0, this.length));
        this.bytes = larger;
    }

    byte(byte: number): this {
        this.room(1);
        this.bytes[this.length++] = byte;
        return this;
    }

    varint(number: number | bigint): this {
        let rest = BigInt(number);
        while (rest >= 0x80n) {
            this.byte(Number(rest & 0x7fn) | 0x80);
            rest >>= 7n;
        }
        return this.byte(Number(rest));
    }

    signed(number: number | bigint): this {
        const whole = BigInt(number);
        return this.varint(BigInt.asUintN(64, (whole << 1n) ^ (whole >> 63n)));
    }

    raw(bytes: Uint8Array): this {
        this.room(bytes.length);
        this.bytes.set(bytes, this.length);
        this.length += bytes.length;
        return this;
    }

    hex(hex: string): this {
        return this.raw(fromHex(hex));
    }

    counted(bytes: Uint8Array): this {
        return this.varint(bytes.length).raw(bytes);
    }

    string(text: string): this {
        return this.counted(encoder.encode(text));
    }

    done(): Uint8Array {
        return this.bytes.slice(0, this.length);
    }
}

export class Reader {
    private position = 0;

    constructor(private readonly bytes: Uint8Array) {}

    byte(): number {
        return this.bytes[this.position++] ?? 0;
    }

    big(): bigint {
        let number = 0n;
        let shift = 0n;
        for (;;) {
            const byte = this.byte();
            number |= BigInt(byte & 0x7f) << shift;
            if (byte < 0x80) return number;
            shift += 7n;
        }
    }

    /** Beyond 2^53 it is no longer exact; counters and lengths stay far below. */
    number(): number {
        let number = 0;
        let scale = 1;
        for (;;) {
            const byte = this.byte();
            number += (byte & 0x7f) * scale;
            if (byte < 0x80) return number;
            scale *= 128;
        }
    }

    /** Exact, whatever it takes. */
    whole(): number | bigint {
        const zigzag = this.big();
        const whole = BigInt.asIntN(64, (zigzag >> 1n) ^ -(zigzag & 1n));
        const number = Number(whole);
        return Number.isSafeInteger(number) ? number : whole;
    }

    signed(): number {
        return Number(this.whole());
    }

    raw(count: number): Uint8Array {
        this.position += count;
        return this.bytes.slice(this.position - count, this.position);
    }

    hex(count: number): string {
        return toHex(this.raw(count));
    }

    counted(): Uint8Array {
        return this.raw(this.number());
    }

    string(): string {
        return decoder.decode(this.counted());
    }

    rest(): Uint8Array {
        return this.raw(this.bytes.length - this.position);
    }

    list<Thing>(read: () => Thing): Thing[] {
        return Array.from({ length: this.number() }, read);
    }
}
