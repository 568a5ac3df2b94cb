// Carries out a command of the model and says in good words when it could not be done.
import { has, t } from "../i18n/i18n";
import { ModelError } from "../model/types";
import { toast } from "./kit/Toasts";
import { showOverlay } from "./overlay";

/** The command's result; undefined when it failed, and then the person has been told. */
export async function run<Value>(command: Promise<Value>): Promise<Value | undefined> {
    try {
        return await command;
    } catch (error) {
        const rescue = error instanceof ModelError && /^storage_/.test(error.code);
        toast({
            text: errorText(error), kind: "error",
            action: rescue ? { label: t("storage.export"), onSelect: () => showOverlay({ kind: "export" }) } : undefined,
        });
        return undefined;
    }
}

/** Whether the command could be carried out; if not, the person has been told. */
export async function done(command: Promise<unknown>): Promise<boolean> {
    return await run(command.then(() => true)) === true;
}

/** Codes that are told in the words of another. */
const same: Record<string, string> = {
    busy: "error.unavailable", not_confirmed: "error.unavailable", limit_exceeded: "error.too_many", storage_blocked: "storage.blocked.text",
    session_ended: "error.signed_out", token_expired: "error.signed_out", unauthorized: "error.signed_out",
    not_found: "error.gone", list_not_found: "error.gone", item_not_found: "error.gone", member_not_found: "error.gone",
};

/** What went wrong, for people. */
export function errorText(error: unknown): string {
    if (!(error instanceof ModelError)) return t("error.unknown", { message: error instanceof Error ? error.message : String(error) });
    const key = same[error.code] ?? `error.${error.code}`;
    return t(has(key) ? key : "error.internal");
}
