// What a person chooses for this device and this account.
import type { ReactNode } from "react";
import { formatBytes, language, languages, setLanguage, t } from "../../i18n/i18n";
import type { Lang } from "../../i18n/i18n";
import type { Accounts, Model } from "../../model/types";
import { PolicySelect } from "../dialogs/PolicySelect";
import { Button } from "../kit/Button";
import { Segmented, Select } from "../kit/Field";
import { Icon } from "../kit/Icon";
import type { IconName } from "../kit/Icon";
import { Avatar } from "../kit/Show";
import { useStore } from "../kit/store";
import { toast } from "../kit/Toasts";
import { showOverlay } from "../overlay";
import { Link } from "../router";
import { run } from "../run";
import { phaseWords } from "../shell/SyncBadge";
import { setTheme, theme, themes } from "../theme";

export function SettingsScreen({ model, accounts }: { model: Model; accounts: Accounts }) {
    const sync = useStore(model.sync);
    return (
        <div className="screen settings">
            <header className="screen-head"><h1>{t("settings.title")}</h1></header>
            <Account model={model} accounts={accounts} />
            <Looks />
            <Section icon="sync" title={t("sync.title")}>
                <PolicySelect model={model} />
                <div className="row">
                    <Button icon="sync" label={t("sync.now")} busy={sync.phase === "syncing"} onClick={() => void run(model.syncNow())} />
                    <button type="button" className="text-button" onClick={() => showOverlay({ kind: "sync" })}>{phaseWords(sync)}</button>
                </div>
            </Section>
            <Storage model={model} />
            <Section icon="download" title={t("settings.data")}>
                <p>{t("settings.dataText")}</p>
                <div className="row">
                    <Button icon="download" label={t("storage.export")} onClick={() => showOverlay({ kind: "export" })} />
                    <Button icon="upload" label={t("import.title")} onClick={() => showOverlay({ kind: "import" })} />
                </div>
            </Section>
            <Section icon="info" title={t("settings.about")}>
                <p>{t("settings.aboutText")}</p>
                <div className="row"><Button icon="keyboard" label={t("keys.title")} onClick={() => showOverlay({ kind: "keys" })} /></div>
            </Section>
        </div>
    );
}

function Section({ icon, title, children }: { icon: IconName; title: string; children: ReactNode }) {
    return (
        <section className="card settings-section">
            <h2><Icon name={icon} size={20} />{title}</h2>
            <div className="stack">{children}</div>
        </section>
    );
}

function Account({ model, accounts }: { model: Model; accounts: Accounts }) {
    const { username } = model.account;
    const others = useStore(accounts.known).length - 1;
    const signedOut = useStore(model.sync).phase === "signed-out";
    return (
        <Section icon="person" title={t("settings.account")}>
            <div className="settings-account">
                <Avatar name={username} size={48} />
                <div>
                    <strong dir="auto">{username}</strong>
                    <p className="field-hint">{t(signedOut ? "login.knownSignedOut" : "settings.signedIn")}</p>
                </div>
            </div>
            <div className="row">
                {signedOut && <Link className="button button-primary" to="/login">{t("login.submit")}</Link>}
                <Link className="button button-plain" to="/login">{t(others > 0 ? "account.others" : "account.add")}</Link>
                <Button icon="leave" label={t("account.logOut")} onClick={() => showOverlay({ kind: "logout" })} />
            </div>
        </Section>
    );
}

function Looks() {
    return (
        <Section icon="sun" title={t("settings.looks")}>
            <Segmented label={t("settings.theme")} value={useStore(theme)} onChange={setTheme}
                options={themes.map((value) => ({ value, label: t(`theme.${value}`) }))} />
            <Select label={t("settings.language")} value={useStore(language)} options={languages}
                onChange={(lang) => void run(setLanguage(lang as Lang))} />
        </Section>
    );
}

function Storage({ model }: { model: Model }) {
    const { persistent, usedBytes, quotaBytes } = useStore(model.storage);
    const ask = async () => {
        const granted = await run(model.requestPersistence());
        if (granted !== undefined) toast({ text: t(granted ? "storage.granted" : "storage.denied") });
    };
    return (
        <Section icon="device" title={t("settings.storage")}>
            <p>{t(persistent ? "storage.persistent" : persistent === false ? "storage.evictable" : "storage.unknown")}</p>
            {usedBytes !== null && quotaBytes !== null && (
                <p className="field-hint">{t("storage.used", { used: formatBytes(usedBytes), quota: formatBytes(quotaBytes) })}</p>
            )}
            {persistent === false && <div className="row"><Button kind="primary" label={t("storage.ask")} onClick={() => void ask()} /></div>}
        </Section>
    );
}
