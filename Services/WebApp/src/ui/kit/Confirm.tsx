// A question that is answered before something is done: `if (await confirmDialog({…}))`. <Confirm/> shows it.
import { t } from "../../i18n/i18n";
import { Button } from "./Button";
import { Dialog } from "./Dialog";
import { createStore, useStore } from "./store";

export interface Question {
    title: string;
    text?: string;
    /** The words of the button that does it. */
    confirm: string;
    danger?: boolean;
}

const asked = createStore<(Question & { answer: (yes: boolean) => void }) | null>(null);

export function confirmDialog(question: Question): Promise<boolean> {
    asked.get()?.answer(false);
    return new Promise((resolve) => asked.set({
        ...question,
        answer(yes) {
            asked.set(null);
            resolve(yes);
        },
    }));
}

export function Confirm() {
    const question = useStore(asked);
    if (!question) return null;
    const { title, text, confirm, danger, answer } = question;
    return (
        <Dialog title={title} onClose={() => answer(false)} onSubmit={() => answer(true)} footer={<>
            <Button label={t("common.cancel")} onClick={() => answer(false)} />
            <Button kind={danger ? "danger" : "primary"} label={confirm} type="submit" data-autofocus />
        </>}>
            {text && <p>{text}</p>}
        </Dialog>
    );
}
