// Carries out a command of the model and says in good words when it could not be done.
import { has, t } from "../i18n/i18n";
import { ModelError } from "../model/types";
import { toast } from "./kit/Toasts";
import { messageKey } from "./messageKey";
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

/** What went wrong, for people. */
export function errorText(error: unknown): string {
    if (!(error instanceof ModelError)) return t("error.unknown", { message: error instanceof Error ? error.message : String(error) });
    return problemText(error.code);
}

export const problemText = (code: string): string => t(messageKey(code, has));
