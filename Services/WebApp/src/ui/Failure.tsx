// What is shown when the app cannot start or go on: what happened, that nothing is lost, and what to do.
import { Component } from "react";
import type { ReactNode } from "react";
import { has, t } from "../i18n/i18n";
import { Button } from "./kit/Button";
import { Empty } from "./kit/Show";

/** Words for when not even the messages could be loaded. */
const plain: Record<string, string> = {
    "failure.title": "Something went wrong",
    "failure.text": "What you saved on this device is still here. Reload; if that does not help, use a current version of your browser.",
    "common.reload": "Reload",
};

export function Failure({ error }: { error: unknown }) {
    const words = (key: string) => has(key) ? t(key) : plain[key];
    return (
        <main className="failure">
            <Empty whole icon="alert" title={words("failure.title")} text={words("failure.text")}
                action={<Button kind="primary" icon="sync" label={words("common.reload")} onClick={() => location.reload()} />} />
            <pre className="failure-detail" dir="ltr">{error instanceof Error ? error.message : String(error)}</pre>
        </main>
    );
}

/** Catches what a screen throws while it is drawn. */
export class FailureBoundary extends Component<{ children: ReactNode }, { error: unknown }> {
    override state: { error: unknown } = { error: null };

    static getDerivedStateFromError(error: unknown) {
        return { error };
    }

    override render() {
        return this.state.error === null ? this.props.children : <Failure error={this.state.error} />;
    }
}
