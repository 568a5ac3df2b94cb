// Where an invitation's link leads: joins when the person says so.
import { useState } from "react";
import { t } from "../../i18n/i18n";
import { ModelError } from "../../model/types";
import type { Model } from "../../model/types";
import { Button } from "../kit/Button";
import { Icon } from "../kit/Icon";
import { Link, navigate } from "../router";
import { errorText } from "../run";

export function JoinScreen({ model, token }: { model: Model; token: string }) {
    const [busy, setBusy] = useState(false);
    const [problem, setProblem] = useState<{ text: string; final: boolean } | null>(null);
    const join = async () => {
        setBusy(true);
        setProblem(null);
        try {
            navigate(`/list/${await model.join(token)}`, { replace: true });
        } catch (error) {
            setProblem({ text: errorText(error), final: error instanceof ModelError && /^invitation_/.test(error.code) });
            setBusy(false);
        }
    };
    return (
        <div className="empty join">
            <span className="empty-icon"><Icon name="people" size={32} /></span>
            <h1>{t("join.title")}</h1>
            <p>{t("join.text", { name: model.account.username })}</p>
            {problem && <p className="field-error" role="alert">{problem.text}</p>}
            <div className="empty-action">
                {!problem?.final && (
                    <Button kind="primary" busy={busy} label={problem ? t("common.tryAgain") : t("join.action")} onClick={() => void join()} />
                )}
                <Link className="button button-plain" to="/"><span>{t("join.later")}</span></Link>
            </div>
        </div>
    );
}
