// Starts the app: looks, language, service worker, the accounts of this browser, then the screen.
import { createRoot } from "react-dom/client";
import { loadLanguage } from "./i18n/i18n";
import { openAccounts } from "./model";
import { App } from "./ui/App";
import { Failure } from "./ui/Failure";
import { applyTheme } from "./ui/theme";

applyTheme();
const root = createRoot(document.getElementById("app")!);

async function start(): Promise<void> {
    await loadLanguage();
    if (typeof WebAssembly === "undefined") throw new Error("no WebAssembly");
    root.render(<App accounts={await openAccounts()} />);
}

start().catch((error: unknown) => root.render(<Failure error={error} />));

if ("serviceWorker" in navigator) {
    navigator.serviceWorker.register("/sw.js", { updateViaCache: "none" })
        .catch((error: unknown) => console.warn("The app will not open without a network:", error));
}
