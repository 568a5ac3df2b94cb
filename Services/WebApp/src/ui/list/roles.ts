// The roles to choose from.
import { t } from "../../i18n/i18n";

export const roleOptions = () => (["viewer", "editor", "owner"] as const).map((value) => ({ value, label: t(`role.${value}`) }));
