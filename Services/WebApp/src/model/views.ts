// What entries show, and where concurrent versions of an item disagree.
import { collections, fields, type Fields, type ShownEntry, type Stamp } from "../core/forms";
import type { Handle, ListModule } from "../core/listModule";
import type { Clash, ClashSide, EntryView } from "./rows";
import type { Conflict } from "./types";

const disputable: [Conflict["field"], number][] = [
    ["name", fields.name], ["note", fields.note], ["category", fields.category], ["checked", fields.checked], ["unit", fields.unit],
    ["quantity", fields.quantity],
];

export const milliseconds = (stamp: Stamp): number => Number(stamp.time >> 16n);
const isLater = (left: Stamp, right: Stamp): boolean => left.time !== right.time ? left.time > right.time : left.by > right.by;
const never: Stamp = { time: 0n, by: "0".repeat(16) };

function latest(of: Fields): Stamp {
    const stamps = [...of.registers.values(), ...of.counters.values()].map(({ stamp }) => stamp);
    return stamps.reduce((left, right) => isLater(right, left) ? right : left, never);
}

/** The view of an entry of the document that `handle` holds. `isOurs`: whether a field has an edit that the server has not seen. */
export function viewOf(
    module: ListModule, handle: Handle, entry: ShownEntry, before: EntryView | null, isOurs: (field: number) => boolean,
): EntryView {
    const stamp = latest(entry.fields);
    const isDisputed = entry.collection === collections.items && entry.versions > 1;
    const versions = isDisputed ? module.versions(handle, entry).map((version) => version.fields) : [];
    return {
        fields: entry.fields, updated: milliseconds(stamp), updatedBy: stamp.by,
        clashes: clashes(versions, before?.clashes ?? [], isOurs),
    };
}

interface Side extends ClashSide {
    stamp: Stamp;
}

function side(of: Fields, field: number): Side | null {
    const counter = of.counters.get(field);
    if (counter) return { value: counter.target, stamp: counter.stamp, by: counter.stamp.by, at: milliseconds(counter.stamp) };
    const register = of.registers.get(field);
    const value = register?.value ?? null;
    if (!register || value instanceof Uint8Array || typeof value === "bigint") return null;
    const { stamp } = register;
    return { value, stamp, by: stamp.by, at: milliseconds(stamp) };
}

/**
 * The fields that several versions set, none having seen the other's value.
 *
 * A version does not say which of its fields its author found and which they set. It is certain of those of its last operation, of those
 * that still wait for the server, and of what was certain before.
 */
function clashes(versions: readonly Fields[], before: readonly Clash[], isOurs: (field: number) => boolean): Clash[] {
    return disputable.flatMap(([name, field]): Clash[] => {
        const known = before.find((clash) => clash.field === name);
        const sides = versions.flatMap((version) => {
            const found = side(version, field);
            if (!found) return [];
            const isLast = found.stamp.time === latest(version).time;
            const isKnown = [known?.standing, known?.other].some((other) => other?.at === found.at && other.by === found.by);
            return isLast || isKnown || isOurs(field) ? [found] : [];
        });
        const [standing, ...others] = sides.sort((left, right) => isLater(left.stamp, right.stamp) ? -1 : 1);
        const other = others.find(({ value }) => value !== standing!.value);
        if (!standing || !other) return [];
        return [{ field: name, standing: told(standing), other: told(other) }];
    });
}

const told = ({ value, by, at }: Side): ClashSide => ({ value, by, at });
