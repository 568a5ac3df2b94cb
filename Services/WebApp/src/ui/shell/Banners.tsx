// Strips above the screen about what needs the person: data at risk, the session over, changes that were refused.
import { t } from "../../i18n/i18n";
import type { Model } from "../../model/types";
import { Button } from "../kit/Button";
import { Notice } from "../kit/Show";
import { useStore } from "../kit/store";
import { showOverlay } from "../overlay";
import { problemText } from "../run";
import { Link, loginPath } from "../router";

export function Banners({ model }: { model: Model }) {
    const { failure } = useStore(model.storage);
    const { phase, problem, setAside } = useStore(model.sync);
    const details = <Button label={t("sync.details")} onClick={() => showOverlay({ kind: "sync" })} />;
    return (
        <div className="banners">
            {failure && (
                <Notice icon="alert" kind="danger" action={<>
                    <Button icon="download" label={t("storage.export")} onClick={() => showOverlay({ kind: "export" })} />
                    <Button icon="sync" label={t("common.reload")} onClick={() => location.reload()} />
                </>}>
                    <strong>{t(`storage.${failure}.title`)}</strong> {t(`storage.${failure}.text`)}
                </Notice>
            )}
            {phase === "signed-out" && (
                <Notice icon="cloudOff" action={<Link className="button button-primary" to={loginPath()}>{t("login.submit")}</Link>}>
                    {t("sync.signed-out.text")}
                </Notice>
            )}
            {phase === "refused" && <Notice icon="alert" kind="warning" action={details}>{problemText(problem ?? "internal")}</Notice>}
            {setAside.length > 0 && <Notice icon="alert" kind="warning" action={details}>{t("sync.setAside", { count: setAside.length })}</Notice>}
        </div>
    );
}
