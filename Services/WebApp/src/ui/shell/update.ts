// Says that a newer version of the app is here, and loads it when the person wants.
import { useEffect } from "react";
import { t } from "../../i18n/i18n";
import type { Accounts } from "../../model/types";
import { useStore } from "../kit/store";
import { toast } from "../kit/Toasts";

export function useUpdateToast(accounts: Accounts): void {
    const ready = useStore(accounts.updateReady);
    useEffect(() => {
        if (!ready) return;
        const action = { label: t("common.reload"), onSelect: () => accounts.reloadIntoUpdate() };
        return toast({ text: t("update.ready"), key: "update", stays: true, action });
    }, [ready, accounts]);
}
