// The WebAssembly module as JavaScript calls it. Bytes are Uint8Array, ids and positions hexadecimal text, counters and
// times BigInt. A call that the module refuses throws a ListError with its code.

export class ListError extends Error {
    constructor(code) {
        super(`the list module answered ${code}: ${ListError.meanings[code] ?? "unknown"}`);
        this.code = code;
    }

    static meanings = {
        [-1]: "truncated", [-2]: "malformed", [-3]: "too large", [-4]: "trailing bytes", [-5]: "unsupported version",
        [-6]: "unknown kind", [-7]: "not canonical", [-8]: "unknown handle", [-9]: "refused",
    };
}

export const fromHex = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
export const toHex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

export class ListModule {
    #exports;

    static async load(bytes) {
        const module = new ListModule();
        const { instance } = await WebAssembly.instantiate(bytes, { wasi_snapshot_preview1: module.#host() });
        module.#exports = instance.exports;
        return module;
    }

    /** Output goes nowhere; randomness seeds the module's hashing. */
    #host() {
        const nothing = () => 0;
        return {
            fd_write: nothing, fd_seek: nothing, fd_close: nothing,
            random_get: (start, count) => {
                globalThis.crypto.getRandomValues(new Uint8Array(this.#exports.memory.buffer, start, count));
                return 0;
            },
        };
    }

    newDocument(kind) { return this.#checked(this.#exports.larder_document_new(kind)); }
    decodeDocument(bytes) { return this.#call("larder_document_decode", [], bytes); }
    free(handle) { this.#exports.larder_document_free(handle); }
    encode(handle) { return this.#bytes("larder_document_encode", [handle]); }
    context(handle) { return this.#bytes("larder_document_context", [handle]); }
    list(handle) { return JSON.parse(new TextDecoder().decode(this.#bytes("larder_document_list", [handle]))); }
    deltaSince(handle, context) { return this.#bytes("larder_document_delta_since", [handle], context); }
    merge(handle, delta) { return this.#call("larder_document_merge", [handle], delta); }
    apply(handle, command) { return this.#bytes("larder_document_apply", [handle], encodeCommand(command)); }
    mergeDeltas(delta, other) { return this.#bytes("larder_delta_merge", [], delta, other); }
    nextStamp(latest, now) { return this.#exports.larder_stamp_next(latest, now); }

    latestTime(delta) { return this.#with([delta], (inputs) => this.#exports.larder_delta_latest_time(...inputs)); }

    positionBetween(left, right, replica, counter) {
        return this.#with([left, right], (inputs) => {
            const dot = [BigInt.asIntN(64, replica), BigInt.asIntN(64, counter)];
            return this.#result(this.#exports.larder_position_between(...inputs, ...dot));
        });
    }

    #call(name, numbers, ...inputs) {
        return this.#with(inputs, (places) => this.#checked(this.#exports[name](...numbers, ...places)));
    }

    #bytes(name, numbers, ...inputs) {
        return this.#with(inputs, (places) => this.#result(this.#exports[name](...numbers, ...places)));
    }

    /** Copies byte arrays into the module for the time of a call. */
    #with(inputs, body) {
        const places = [];
        for (const input of inputs) {
            const start = this.#exports.larder_alloc(input.length);
            new Uint8Array(this.#exports.memory.buffer, start, input.length).set(input);
            places.push(start, input.length);
        }
        try {
            return body(places);
        } finally {
            for (let index = 0; index < places.length; index += 2) this.#exports.larder_free(places[index]);
        }
    }

    #checked(answer) {
        if (answer < 0) throw new ListError(answer);
        return answer;
    }

    #result(count) {
        this.#checked(count);
        return new Uint8Array(this.#exports.memory.buffer, this.#exports.larder_result(), count).slice();
    }
}

/** {collection, id, replica, counter, time, changes?: [{field, set | target | amount}]}; without changes it removes. */
function encodeCommand({ collection, id, replica, counter, time, changes }) {
    const out = [collection, ...fromHex(id), ...fromHex(replica)];
    varint(out, BigInt(counter));
    varint(out, BigInt(time));
    out.push(changes ? 1 : 0);
    if (!changes) return Uint8Array.from(out);
    varint(out, BigInt(changes.length));
    for (const change of changes) {
        varint(out, BigInt(change.field));
        if (change.target !== undefined) {
            out.push(1);
            signed(out, BigInt(change.target));
        } else if (change.amount !== undefined) {
            out.push(2);
            signed(out, BigInt(change.amount));
        } else {
            out.push(0);
            value(out, change.set);
        }
    }
    return Uint8Array.from(out);
}

/** {null: true} | {bool} | {int} | {string} | {bytes: hexadecimal} */
function value(out, { bool, int, string, bytes }) {
    if (bool !== undefined) {
        out.push(bool ? 2 : 1);
    } else if (int !== undefined) {
        out.push(3);
        signed(out, BigInt(int));
    } else if (string !== undefined) {
        out.push(4);
        counted(out, new TextEncoder().encode(string));
    } else if (bytes !== undefined) {
        out.push(5);
        counted(out, fromHex(bytes));
    } else {
        out.push(0);
    }
}

function counted(out, bytes) {
    varint(out, BigInt(bytes.length));
    out.push(...bytes);
}

function signed(out, number) {
    varint(out, BigInt.asUintN(64, (number << 1n) ^ (number >> 63n)));
}

function varint(out, number) {
    while (number >= 0x80n) {
        out.push(Number(number & 0x7fn) | 0x80);
        number >>= 7n;
    }
    out.push(Number(number));
}
