// The units that people write, in the languages of the app, and how a fraction of one becomes whole units of a smaller one.

export interface Unit {
    /** As it is shown and kept. */
    text: string;
    /** May stand right behind the number ("500g"). */
    glued: boolean;
    /** Only of one ("1 can"), so that "3 can openers" are no cans. */
    singular: boolean;
}

/** A symbol, and what else is written for it. */
const symbols: Record<string, string> = {
    kg: "kgs kilo kilos kilogram kilograms kilogramm quilo quilos quilograma quilogramas",
    g: "gr gram grams gramm gramme grama gramas",
    mg: "",
    l: "L lt liter liters litre litres litro litros",
    dl: "dL",
    cl: "cL",
    ml: "mL",
    lb: "lbs pound pounds",
    oz: "ounce ounces",
    m: "",
    cm: "",
    pcs: "pc piece pieces",
    Stk: "Stk. Stck Stck. Stück",
    un: "un. unid unid. unidade unidades",
    "كغ": "كجم كيلو كيلوغرام كيلوجرام",
    "غ": "غم جم غرام جرام",
    "لتر": "ليتر لترات",
    "مل": "مليلتر",
};

const pairs = "pack/packs packet/packets bottle/bottles can/cans tin/tins box/boxes bag/bags jar/jars bunch/bunches slice/slices "
    + "cup/cups loaf/loaves roll/rolls carton/cartons tub/tubs bar/bars dozen/dozens "
    + "pacote/pacotes garrafa/garrafas lata/latas caixa/caixas saco/sacos frasco/frascos molho/molhos fatia/fatias rolo/rolos "
    + "dúzia/dúzias embalagem/embalagens "
    + "Flasche/Flaschen Dose/Dosen Kiste/Kisten Tüte/Tüten Scheibe/Scheiben Rolle/Rollen Tafel/Tafeln";
const both = "tbsp tsp Packung Packungen Pck Pck. Päckchen Paket Pakete Beutel Glas Gläser Bund Becher Kasten Kästen EL TL Dutzend "
    + "علبة علب زجاجة زجاجات كيس أكياس حبة حبات باقة باقات قطعة قطع صندوق صناديق ربطة ربطات كوب أكواب عبوة عبوات درزن";

/** Numbers of a smaller unit that make one. */
const smaller: Record<string, [factor: number, unit: string]> = {
    kg: [1000, "g"], g: [1000, "mg"], l: [1000, "ml"], dl: [100, "ml"], cl: [10, "ml"], lb: [16, "oz"], m: [100, "cm"],
    "كغ": [1000, "غ"], "لتر": [1000, "مل"],
};

const known = new Map<string, Unit>();
const learn = (key: string, text: string, glued = false, singular = false) => known.set(key.toLowerCase(), { text, glued, singular });
for (const [symbol, others] of Object.entries(symbols)) {
    for (const word of [symbol, ...others.split(" ")]) learn(word, symbol, true);
}
for (const pair of pairs.split(" ")) {
    const [one, many] = pair.split("/");
    learn(one, one, false, true);
    learn(many, many);
}
for (const word of both.split(" ")) learn(word, word);
known.delete("");

/** A single capital G is a generation ("5G router"), M a size or a brand. */
export function findUnit(word: string): Unit | null {
    if (word === "G" || word === "M") return null;
    return known.get(word.toLowerCase()) ?? null;
}

/** Whole units for an amount that may be a fraction; null when there are none. */
export function wholeUnits(amount: number, unit: string | null): { target: number; unit: string | null } | null {
    if (Number.isInteger(amount)) return { target: amount, unit };
    const finer = unit === null ? undefined : smaller[unit];
    if (!finer) return null;
    const target = Math.round(amount * finer[0] * 1000) / 1000;
    return Number.isInteger(target) ? { target, unit: finer[1] } : null;
}

/** Offered while editing, besides those that the list uses. */
export const commonUnits = ["kg", "g", "l", "ml"];

/** Units so fine that nobody counts them one by one. */
export const isFine = (unit: string | null) => unit !== null && ["g", "mg", "ml", "cm", "غ", "مل"].includes(unit);
