// Name and password. What is wrong is said at the field that it is about, and that field gets the focus.
import { useEffect, useRef, useState } from "react";
import type { FormEvent } from "react";
import { t } from "../../i18n/i18n";
import { ModelError } from "../../model/types";
import type { Accounts } from "../../model/types";
import { Button, IconButton } from "../kit/Button";
import { Field } from "../kit/Field";
import { Notice } from "../kit/Show";
import { currentRoute, navigateIn } from "../router";
import { errorText } from "../run";

interface Wrong {
    at: "username" | "password" | "form";
    text: string;
}

const places: Record<string, Wrong["at"]> = {
    username_taken: "username", invalid_username: "username", weak_password: "password", wrong_credentials: "password",
};

export function LoginForm({ accounts, registering, username: known }: { accounts: Accounts; registering: boolean; username: string }) {
    const [username, setUsername] = useState(known);
    const [password, setPassword] = useState("");
    const [visible, setVisible] = useState(false);
    const [busy, setBusy] = useState(false);
    const [wrong, setWrong] = useState<Wrong | null>(null);
    const fields = { username: useRef<HTMLInputElement>(null), password: useRef<HTMLInputElement>(null) };
    useEffect(() => {
        if (matchMedia("(pointer: fine)").matches) (known ? fields.password : fields.username).current?.focus();
    }, []);
    useEffect(() => {
        if (wrong && wrong.at !== "form") fields[wrong.at].current?.focus();
    }, [wrong]);

    const submit = async (event: FormEvent) => {
        event.preventDefault();
        const name = username.trim();
        if (!name) return setWrong({ at: "username", text: t("login.usernameMissing") });
        if (!password) return setWrong({ at: "password", text: t("login.passwordMissing") });
        setBusy(true);
        setWrong(null);
        try {
            await (registering ? accounts.register(name, password) : accounts.logIn(name, password));
            if (currentRoute().name === "login") navigateIn();
        } catch (error) {
            setWrong({ at: error instanceof ModelError ? places[error.code] ?? "form" : "form", text: errorText(error) });
            setBusy(false);
        }
    };
    const reveal = (
        <IconButton icon={visible ? "eyeOff" : "eye"} label={t(visible ? "login.hide" : "login.show")} onClick={() => setVisible(!visible)} />
    );
    const errorAt = (at: Wrong["at"]) => wrong?.at === at ? wrong.text : null;
    return (
        <form className="stack" onSubmit={(event) => void submit(event)} noValidate>
            {errorAt("form") && <Notice icon="alert" kind="danger">{errorAt("form")}</Notice>}
            <Field ref={fields.username} label={t("login.username")} name="username" value={username} error={errorAt("username")} maxLength={32}
                autoComplete="username" autoCapitalize="none" autoCorrect="off" spellCheck={false} dir="ltr" required
                hint={registering ? t("login.usernameHint") : undefined} onChange={(event) => setUsername(event.target.value)} />
            <Field ref={fields.password} label={t("login.password")} name="password" type={visible ? "text" : "password"} value={password}
                error={errorAt("password")} maxLength={200} autoComplete={registering ? "new-password" : "current-password"} dir="ltr" required
                hint={registering ? t("login.passwordHint") : undefined} onChange={(event) => setPassword(event.target.value)} after={reveal} />
            <Button kind="primary" type="submit" busy={busy} label={registering ? t("login.register") : t("login.submit")} />
        </form>
    );
}
