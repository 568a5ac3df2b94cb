// Ends the session: says what has not been sent yet, and what stays on this device.
import { useState } from "react";
import { t } from "../../i18n/i18n";
import type { Accounts, Model } from "../../model/types";
import { Button } from "../kit/Button";
import { Dialog } from "../kit/Dialog";
import { Checkbox } from "../kit/Field";
import { Notice } from "../kit/Show";
import { useStore } from "../kit/store";
import { closeOverlay } from "../overlay";
import { navigate } from "../router";
import { done, run } from "../run";

export function LogOutDialog({ model, accounts }: { model: Model; accounts: Accounts }) {
    const { pending } = useStore(model.sync);
    const [forget, setForget] = useState(false);
    const [busy, setBusy] = useState(false);
    const logOut = async () => {
        setBusy(true);
        const isOut = await done(accounts.logOut({ force: pending > 0, forget }));
        setBusy(false);
        if (!isOut) return;
        closeOverlay();
        navigate("/");
    };
    const lost = pending > 0 && forget;
    return (
        <Dialog title={t("account.logOut")} onClose={closeOverlay} onSubmit={() => void logOut()} footer={<>
            <Button label={t("common.cancel")} onClick={closeOverlay} />
            <Button kind={lost ? "danger" : "primary"} type="submit" busy={busy}
                label={t(lost ? "logout.discard" : forget ? "logout.forgetAction" : "account.logOut")} />
        </>}>
            <div className="stack">
                {pending > 0 && (
                    <Notice icon="alert" kind={lost ? "danger" : "warning"}
                        action={<Button icon="sync" label={t("sync.now")} onClick={() => void run(model.syncNow())} />}>
                        <strong>{t("logout.pending", { count: pending })}</strong> {t(lost ? "logout.pendingLost" : "logout.pendingKept")}
                    </Notice>
                )}
                <p>{t(forget ? "logout.textForget" : "logout.text", { name: model.account.username })}</p>
                <Checkbox label={t("logout.forget")} hint={t("logout.forgetHint")} checked={forget} onChange={setForget} />
            </div>
        </Dialog>
    );
}
