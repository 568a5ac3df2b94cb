// How quantities are shown.
import { formatNumber, t } from "../../i18n/i18n";
import type { Quantity } from "../../model/types";
import { isFine } from "./units";

const countedMax = 99;

/** Whether they are taken one by one, so that a stepper makes sense. */
export function isCounted(quantity: Quantity, unit: string | null): boolean {
    return quantity.target > 1 && quantity.target <= countedMax && !isFine(unit);
}

/** "3 kg", and "1 of 3 kg" once some were acquired. */
export function formatQuantity(quantity: Quantity, unit: string | null): string {
    const { target, acquired } = quantity;
    const count = acquired === 0 ? formatNumber(target) : t("list.acquired", { acquired, target });
    return unit === null ? count : `${count} ${unit}`;
}

/** What was parsed of a line: "2 kg", "×3". */
export function formatTarget(target: number, unit: string | null | undefined): string {
    return unit ? `${formatNumber(target)} ${unit}` : `× ${formatNumber(target)}`;
}
