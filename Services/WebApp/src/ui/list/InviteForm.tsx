// Makes a link that lets others in, and hands it on: copied, shared, or as a code to point a camera at.
import { useState } from "react";
import { formatDate, t } from "../../i18n/i18n";
import type { ID, Model, Role } from "../../model/types";
import { Button, Field, IconButton, Select, announce } from "../kit";
import { run } from "../run";
import { QRCode } from "./QRCode";
import { roleOptions } from "./roles";

const daySeconds = 86_400;
const expiries = { day: daySeconds, week: 7 * daySeconds, month: 30 * daySeconds };
type Expiry = keyof typeof expiries;

interface Link {
    url: string;
    role: Role;
    expiresAt: string;
}

interface InviteFormProps {
    model: Model;
    list: ID;
    listName: string;
    disabled: boolean;
}

export function InviteForm({ model, list, listName, disabled }: InviteFormProps) {
    const [role, setRole] = useState<Role>("editor");
    const [expiry, setExpiry] = useState<Expiry>("week");
    const [busy, setBusy] = useState(false);
    const [link, setLink] = useState<Link | null>(null);
    const make = async () => {
        setBusy(true);
        const made = await run(model.invite(list, role, expiries[expiry]));
        setBusy(false);
        if (made) setLink({ ...made, role });
    };
    return (
        <section>
            <h3>{t("share.invite")}</h3>
            <div className="invite">
                <Select label={t("share.role")} value={role} onChange={(value) => setRole(value as Role)} hint={t(`share.roleHint.${role}`)}
                    options={roleOptions()} />
                <Select label={t("share.expiry")} value={expiry} onChange={(value) => setExpiry(value as Expiry)}
                    options={Object.keys(expiries).map((value) => ({ value, label: t(`share.expiry.${value}`) }))} />
                <Button kind={link ? "plain" : "primary"} icon="link" label={t("share.make")} busy={busy}
                    disabled={disabled} onClick={() => void make()} />
            </div>
            {link && <MadeLink link={link} listName={listName} />}
        </section>
    );
}

function MadeLink({ link: { url, role, expiresAt }, listName }: { link: Link; listName: string }) {
    const [copied, setCopied] = useState("");
    const copy = async () => {
        await navigator.clipboard.writeText(url);
        setCopied(url);
        announce(t("export.copied"));
    };
    const shareNatively = () => void navigator.share({ title: listName, url }).catch(() => undefined);
    const isCopied = copied === url;
    return (
        <div className="made-link">
            <QRCode text={url} label={t("share.qr")} />
            <div className="made-link-words">
                <Field label={t("share.link")} value={url} readOnly dir="ltr" onFocus={(event) => event.target.select()}
                    hint={t("share.linkHint", { role: t(`role.${role}`), date: formatDate(Date.parse(expiresAt)) })}
                    after={"share" in navigator && <IconButton icon="share" label={t("share.native")} onClick={shareNatively} />} />
                <Button kind="primary" icon={isCopied ? "check" : "copy"} label={t(isCopied ? "export.copied" : "share.copy")}
                    onClick={() => void copy()} />
            </div>
        </div>
    );
}
