// What a typed line means: "2 kg apples" is apples, two kilograms of them. What is not understood stays in the name.
import type { ItemDraft } from "../../model/types";
import { latinDigits } from "./itemDraft";
import { findUnit, wholeUnits } from "./units";

const targetMax = 99_999;
const vulgar: Record<string, number> = { "½": 0.5, "⅓": 1 / 3, "⅔": 2 / 3, "¼": 0.25, "¾": 0.75, "⅕": 0.2, "⅛": 0.125 };
const number = "(?:\\d+\\s?[½⅓⅔¼¾⅕⅛]|[½⅓⅔¼¾⅕⅛]|\\d+\\s+\\d\\/\\d|\\d\\/\\d|\\d+(?:[.,]\\d+)?)";
const word = "[\\p{L}\\p{M}]+\\.?";
const leadingTimes = new RegExp(`^(\\d+)\\s?[x×]\\s+(.+)$`, "iu");
const leading = new RegExp(`^(${number})(\\s*)(\\S.*)$`, "u");
const firstWord = new RegExp(`^(${word})(?:\\s+(.*))?$`, "u");
const trailingTimes = new RegExp(`^(.+?)\\s+\\(?(?:[x×]\\s?(\\d+)|(\\d+)\\s?[x×])(?:\\s?(${word}))?\\)?$`, "iu");
const trailing = new RegExp(`^(.+?)[,;:]?\\s+(${number})\\s?(${word})$`, "u");
const beginsName = /^[\p{L}\p{Extended_Pictographic}"“„«']/u;
const linking = /^(?:of|de|do|da|von|من)\s+(?=\S)/iu;

/** Pure. The name is never empty unless the text is. */
export function parseItem(text: string): ItemDraft {
    const line = text.trim().replace(/\s+/gu, " ");
    const digits = latinDigits(line);
    return fromStart(digits) ?? fromEnd(digits) ?? { name: line };
}

/** One draft a line, without bullets, boxes and numbers of the lines. */
export function parseLines(text: string): ItemDraft[] {
    return text.split(/\r?\n/u).flatMap((line) => {
        const box = /^\s*[-*•]?\s*\[([ xX])\]\s+(.*)$/u.exec(line);
        const draft = parseItem(box ? box[2] : line.replace(/^\s*(?:[-*•–]|\d+[.)])\s+/u, ""));
        if (!draft.name) return [];
        return [box && box[1] !== " " ? { ...draft, checked: true } : draft];
    });
}

function fromStart(line: string): ItemDraft | null {
    const times = leadingTimes.exec(line);
    if (times) return draft(times[2], amount(times[1]), null);
    const match = leading.exec(line);
    if (!match) return null;
    const [, count, space, rest] = match;
    const words = firstWord.exec(rest);
    const value = amount(count);
    const unit = words && unitFor(words[1], value, space === "");
    if (unit && words[2]) {
        const name = words[2].replace(linking, "");
        return draft(name, value, unit);
    }
    const isName = space !== "" && beginsName.test(rest) && !(unit && !words[2]);
    return isName ? draft(rest, value, null) : null;
}

function fromEnd(line: string): ItemDraft | null {
    const times = trailingTimes.exec(line);
    if (times) {
        const value = amount(times[2] ?? times[3]);
        if (!times[4]) return draft(times[1], value, null);
        const unit = unitFor(times[4], value, true);
        return unit ? draft(times[1], value, unit) : null;
    }
    const match = trailing.exec(line);
    if (!match) return null;
    const value = amount(match[2]);
    const unit = unitFor(match[3], value, true);
    return unit ? draft(match[1], value, unit) : null;
}

function unitFor(text: string, value: number | null, glued: boolean): string | null {
    const unit = findUnit(text);
    if (!unit || (glued && !unit.glued) || (unit.singular && value !== null && value > 1)) return null;
    return unit.text;
}

function draft(name: string, value: number | null, unit: string | null): ItemDraft | null {
    const whole = value === null ? null : wholeUnits(value, unit);
    if (!whole || whole.target < 1 || whole.target > targetMax) return null;
    return whole.unit === null ? { name, target: whole.target } : { name, target: whole.target, unit: whole.unit };
}

/** Null: not to be trusted, such as "007", or "1.500", which is a different number in different countries. */
function amount(text: string): number | null {
    if (/^0\d/u.test(text) || /[.,]\d{3}$/u.test(text)) return null;
    const fraction = /^(?:(\d+)\s+)?(\d)\/(\d)$/u.exec(text);
    if (fraction) return Number(fraction[3]) === 0 ? null : Number(fraction[1] ?? 0) + Number(fraction[2]) / Number(fraction[3]);
    const last = vulgar[text[text.length - 1]];
    if (last !== undefined) return Number(text.slice(0, -1)) + last;
    return Number(text.replace(",", "."));
}
