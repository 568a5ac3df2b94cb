// Those who have the list, and the links that are still open.
import { formatDate, t } from "../../i18n/i18n";
import type { ListContent, Member, Model, Role } from "../../model/types";
import { leave } from "../dashboard/listMenu";
import { Avatar, Button, confirmDialog, Icon, IconButton, Select } from "../kit";
import { run } from "../run";
import { roleOptions } from "./roles";

interface MembersProps {
    model: Model;
    content: ListContent;
    disabled: boolean;
}

export function Invitations({ model, content, disabled }: MembersProps) {
    if (content.invitations.length === 0) return null;
    return (
        <section>
            <h3>{t("share.invitations")}</h3>
            <ul className="people">
                {content.invitations.map(({ id, role, expiresMilliseconds }) => (
                    <li key={id}>
                        <span className="people-icon"><Icon name="link" size={20} /></span>
                        <span className="people-name">
                            {t(`role.${role}`)}
                            <small>{expiresMilliseconds === null ? t("share.noEnd")
                                : t("share.until", { date: formatDate(expiresMilliseconds) })}</small>
                        </span>
                        <Button kind="ghost" label={t("share.revoke")} disabled={disabled}
                            onClick={() => void run(model.revokeInvitation(content.id, id))} />
                    </li>
                ))}
            </ul>
        </section>
    );
}

export function Members({ model, content, disabled, onLeft }: MembersProps & { onLeft: () => void }) {
    const manages = content.role === "owner";
    const owners = content.members.filter((member) => member.role === "owner").length;
    const remove = async ({ user, name }: Member) => {
        const question = { title: t("share.removeTitle", { name }), text: t("share.removeText"), confirm: t("list.remove"), danger: true };
        if (await confirmDialog(question)) await run(model.removeMember(content.id, user));
    };
    return (
        <section>
            <h3>{t("share.members")}</h3>
            <ul className="people">
                {content.members.map((member) => (
                    <li key={member.user}>
                        <Avatar name={member.name} size={36} />
                        <span className="people-name"><bdi>{member.name}</bdi>{member.isMe && <small>{t("share.you")}</small>}</span>
                        {manages && !(member.isMe && owners === 1)
                            ? <Select hideLabel label={t("share.roleOf", { name: member.name })} value={member.role} disabled={disabled}
                                options={roleOptions()}
                                onChange={(role) => void run(model.setRole(content.id, member.user, role as Role))} />
                            : <span className="people-role">{t(`role.${member.role}`)}</span>}
                        {manages && !member.isMe && (
                            <IconButton icon="close" label={t("share.removeMember", { name: member.name })} disabled={disabled}
                                onClick={() => void remove(member)} />
                        )}
                    </li>
                ))}
            </ul>
            {!(manages && owners === 1) && <Button kind="ghost" icon="leave" label={t("lists.leave")} disabled={disabled}
                onClick={async () => await leave(model, content) && onLeft()} />}
        </section>
    );
}
