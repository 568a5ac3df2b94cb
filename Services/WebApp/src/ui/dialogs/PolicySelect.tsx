// How often this device syncs.
import { formatMinutes, t } from "../../i18n/i18n";
import type { Model, SyncPolicy } from "../../model/types";
import { Select } from "../kit/Field";
import { useStore } from "../kit/store";
import { run } from "../run";

const policies: readonly SyncPolicy[] = ["live", 5, 15, 30, 60, 120, "manual"];

export function PolicySelect({ model }: { model: Model }) {
    const { policy } = useStore(model.sync);
    const options = policies.map((choice) => ({
        value: String(choice), label: typeof choice === "number" ? t("policy.every", { time: formatMinutes(choice) }) : t(`policy.${choice}`),
    }));
    const choose = (value: string) => void run(model.setPolicy(policies.find((choice) => String(choice) === value)!));
    return <Select label={t("policy.title")} hint={t("policy.hint")} value={String(policy)} options={options} onChange={choose} />;
}
