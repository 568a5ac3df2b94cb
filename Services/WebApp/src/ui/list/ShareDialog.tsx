// Who has the list and who may come: links with a role and an end, members, and how it looks to others.
import { useMemo, useState } from "react";
import { t } from "../../i18n/i18n";
import type { ID, ListContent, Model, Role } from "../../model/types";
import { Dialog, Notice, Segmented, useStore } from "../kit";
import { InviteForm } from "./InviteForm";
import { Invitations, Members } from "./Members";
import { Preview } from "./Preview";

export function ShareDialog({ model, id, onClose }: { model: Model; id: ID; onClose: () => void }) {
    const content = useStore(useMemo(() => model.list(id), [model, id]));
    const { phase } = useStore(model.sync);
    const offline = phase === "offline" || phase === "signed-out";
    if (!content || content.role === null) return null;
    return (
        <Dialog wide title={t("lists.share")} onClose={onClose}>
            <div className="share">
                {offline && <Notice icon="cloudOff">{t(phase === "offline" ? "share.offline" : "share.signedOut")}</Notice>}
                {content.role === "owner"
                    ? <InviteForm model={model} list={id} listName={content.name} disabled={offline} />
                    : <p className="field-hint">{t("share.ownersOnly")}</p>}
                {content.role === "owner" && <Invitations model={model} content={content} disabled={offline} />}
                <Members model={model} content={content} disabled={offline} onLeft={onClose} />
                <Looks model={model} content={content} />
            </div>
        </Dialog>
    );
}

function Looks({ model, content }: { model: Model; content: ListContent }) {
    const [role, setRole] = useState<Role | "none">("none");
    return (
        <section>
            <h3>{t("share.preview")}</h3>
            <Segmented label={t("share.preview")} value={role} onChange={setRole}
                options={(["none", "editor", "viewer"] as const).map((value) => (
                    { value, label: t(value === "none" ? "share.previewNone" : `role.${value}`) }
                ))} />
            {role !== "none" && <Preview model={model} content={content} role={role} />}
        </section>
    );
}
