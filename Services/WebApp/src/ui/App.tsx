// The app: who is here decides between the way in and the shell around the screens.
import type { Accounts } from "../model/types";
import { language } from "../i18n/i18n";
import { FailureBoundary } from "./Failure";
import { Confirm } from "./kit/Confirm";
import { useStore } from "./kit/store";
import { Toasts } from "./kit/Toasts";
import { LoginScreen } from "./login/LoginScreen";
import { Shell } from "./shell/Shell";

export function App({ accounts }: { accounts: Accounts }) {
    useStore(language);
    const model = useStore(accounts.current);
    return (
        <FailureBoundary>
            {model ? <Shell key={model.account.user} model={model} accounts={accounts} /> : <LoginScreen accounts={accounts} />}
            <Confirm />
            <Toasts />
        </FailureBoundary>
    );
}
