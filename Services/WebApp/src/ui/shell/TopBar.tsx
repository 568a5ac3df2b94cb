// The bar on top of a phone.
import { t } from "../../i18n/i18n";
import type { Accounts, Model } from "../../model/types";
import { Icon } from "../kit/Icon";
import { Menu } from "../kit/Menu";
import { Avatar } from "../kit/Show";
import { useStore } from "../kit/store";
import { Link } from "../router";
import type { Route } from "../router";
import { accountMenu } from "./accountMenu";
import { Brand } from "./Brand";
import { SyncBadge } from "./SyncBadge";

export function TopBar({ model, accounts, route }: { model: Model; accounts: Accounts; route: Route }) {
    const known = useStore(accounts.known);
    const { username } = model.account;
    return (
        <header className="top-bar">
            {route.name === "dashboard"
                ? <Brand />
                : <Link className="back-link" to="/"><Icon name="back" /><span>{t("dashboard.lists")}</span></Link>}
            <span className="spacer" />
            <SyncBadge model={model} />
            <Menu className="icon-button" label={t("account.menu", { name: username })} items={accountMenu(accounts, model, known)}>
                <Avatar name={username} />
            </Menu>
        </header>
    );
}
