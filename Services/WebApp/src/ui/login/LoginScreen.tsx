// The way in: the accounts of this browser, which open with no network, and logging in or registering, which need one.
import { useEffect, useState } from "react";
import { language, languages, setLanguage, t } from "../../i18n/i18n";
import type { Lang } from "../../i18n/i18n";
import type { Account, Accounts } from "../../model/types";
import { Icon } from "../kit/Icon";
import { Menu } from "../kit/Menu";
import { Avatar } from "../kit/Show";
import { useStore } from "../kit/store";
import { Link } from "../router";
import { run } from "../run";
import { Brand } from "../shell/Brand";
import { openAccount } from "../shell/accountMenu";
import { LoginForm } from "./LoginForm";

export function LoginScreen({ accounts }: { accounts: Accounts }) {
    const known = useStore(accounts.known);
    const current = useStore(accounts.current);
    const [registering, setRegistering] = useState(known.length === 0 && !current);
    const ended = current && !current.account.signedIn ? current.account.username : "";
    useEffect(() => {
        document.title = "Larder";
    }, []);
    return (
        <div className="login">
            <header className="login-top">
                {current ? <Link className="back-link" to="/"><Icon name="back" /><span>{t("dashboard.lists")}</span></Link> : <Brand />}
                <LanguageMenu />
            </header>
            <main className="login-main">
                <section className="login-pitch">
                    <h1>{t("login.title")}</h1>
                    <ul>
                        {["offline", "together", "safe"].map((point) => <li key={point}><Icon name="check" size={20} />{t(`login.${point}`)}</li>)}
                    </ul>
                </section>
                <section className="card login-card">
                    <h2>{registering ? t("login.registerTitle") : t("login.loginTitle")}</h2>
                    <LoginForm key={String(registering)} accounts={accounts} registering={registering} username={registering ? "" : ended} />
                    <p className="login-other">
                        {registering ? t("login.haveAccount") : t("login.noAccount")}{" "}
                        <button type="button" className="text-button" onClick={() => setRegistering(!registering)}>
                            {registering ? t("login.submit") : t("login.register")}
                        </button>
                    </p>
                    <KnownAccounts accounts={accounts} known={known.filter(({ user }) => user !== current?.account.user)} />
                </section>
            </main>
        </div>
    );
}

function KnownAccounts({ accounts, known }: { accounts: Accounts; known: readonly Account[] }) {
    if (!known.length) return null;
    return (
        <div className="login-known">
            <h3>{t("login.known")}</h3>
            {known.map(({ user, username, signedIn }) => (
                <button key={user} type="button" className="known-account" onClick={() => void openAccount(accounts, user)}>
                    <Avatar name={username} size={40} />
                    <span>
                        <strong dir="auto">{username}</strong>
                        <small>{signedIn ? t("login.knownOpen") : t("login.knownSignedOut")}</small>
                    </span>
                    <Icon name="chevron" size={20} />
                </button>
            ))}
        </div>
    );
}

function LanguageMenu() {
    const lang = useStore(language);
    const items = languages.map(({ value, label }) => ({ label, checked: value === lang, onSelect: () => void run(setLanguage(value as Lang)) }));
    return (
        <Menu label={t("settings.language")} className="button button-ghost" items={items}>
            <Icon name="globe" size={20} /><span>{languages.find(({ value }) => value === lang)?.label}</span>
        </Menu>
    );
}
