// The side of a desktop: the way to every list, the state of syncing, the account.
import { formatNumber, t } from "../../i18n/i18n";
import type { Accounts, ListSummary, Model } from "../../model/types";
import { Button } from "../kit/Button";
import { Icon } from "../kit/Icon";
import { Avatar, Progress } from "../kit/Show";
import { Menu } from "../kit/Menu";
import { useStore } from "../kit/store";
import { showOverlay } from "../overlay";
import { Link } from "../router";
import type { Route } from "../router";
import { openWords } from "../dashboard/ListCard";
import { accountMenu } from "./accountMenu";
import { Brand } from "./Brand";
import { SyncBadge } from "./SyncBadge";

export function Sidebar({ model, accounts, route }: { model: Model; accounts: Accounts; route: Route }) {
    const lists = useStore(model.lists).filter((list) => !list.archived && !list.trashed && !list.template);
    const known = useStore(accounts.known);
    const { username } = model.account;
    return (
        <aside className="sidebar">
            <Link className="brand-link" to="/" aria-label={t("shell.home")}><Brand /></Link>
            <Button icon="plus" label={t("create.title")} onClick={() => showOverlay({ kind: "create" })} />
            <nav className="sidebar-lists" aria-label={t("dashboard.lists")}>
                <Link className="side-link" to="/" aria-current={route.name === "dashboard" ? "page" : undefined}>
                    <Icon name="template" size={20} /><span>{t("shell.overview")}</span>
                </Link>
                {lists.map((list) => <SideList key={list.id} list={list} current={route.name === "list" && route.id === list.id} />)}
            </nav>
            <SyncBadge model={model} />
            <Menu className="account-button" label={t("account.menu", { name: username })} items={accountMenu(accounts, model, known)}>
                <Avatar name={username} /><span className="account-name" dir="auto">{username}</span><Icon name="more" size={20} />
            </Menu>
        </aside>
    );
}

function SideList({ list, current }: { list: ListSummary; current: boolean }) {
    const label = openWords(list);
    return (
        <Link className="side-link" to={`/list/${list.id}`} aria-current={current ? "page" : undefined}>
            <Progress ring value={list.itemCount - list.openCount} max={list.itemCount} label={label} />
            <span className="side-name"><bdi>{list.name}</bdi></span>
            {list.pinned && <Icon name="pin" size={14} />}
            {list.openCount > 0 && <span className="count" aria-hidden="true">{formatNumber(list.openCount)}</span>}
        </Link>
    );
}
