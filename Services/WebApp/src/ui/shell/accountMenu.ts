// What the account's button offers, the other accounts of this browser among it.
import { t } from "../../i18n/i18n";
import type { Account, Accounts, Model } from "../../model/types";
import type { MenuItem } from "../kit/Menu";
import { showOverlay } from "../overlay";
import { loginPath, navigate, navigateIn } from "../router";
import { done } from "../run";

export function accountMenu(accounts: Accounts, model: Model, known: readonly Account[]): MenuItem[] {
    const others = known.filter(({ user }) => user !== model.account.user);
    return [
        { label: t("settings.title"), icon: "settings", onSelect: () => navigate("/settings") },
        { label: t("import.title"), icon: "upload", onSelect: () => showOverlay({ kind: "import" }) },
        { label: t("storage.export"), icon: "download", onSelect: () => showOverlay({ kind: "export" }) },
        { label: t("keys.title"), icon: "keyboard", onSelect: () => showOverlay({ kind: "keys" }) },
        ...others.map(({ user, username }) => (
            { label: t("account.switch", { name: username }), icon: "person", onSelect: () => void openAccount(accounts, user) } as const
        )),
        { label: t("account.add"), icon: "people", onSelect: () => navigate(loginPath()) },
        { label: t("account.logOut"), icon: "leave", onSelect: () => showOverlay({ kind: "logout" }) },
    ];
}

export async function openAccount(accounts: Accounts, user: string): Promise<void> {
    if (await done(accounts.open(user))) navigateIn();
}
