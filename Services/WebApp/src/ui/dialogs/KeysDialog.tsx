// The keys that do something.
import { t } from "../../i18n/i18n";
import { Dialog } from "../kit/Dialog";
import { listHotkeys } from "../list/hotkeys";
import { closeOverlay } from "../overlay";

const mod = /Mac|iPhone|iPad/.test(navigator.userAgent) ? "⌘" : "Ctrl";

const groups: Record<string, readonly (readonly [keys: string, words: string])[]> = {
    "keys.everywhere": [["n", "create.title"], ["mod+z", "undo"], ["mod+Shift+z", "redo"], ["/", "dashboard.search"], ["?", "keys.title"]],
    "keys.list": listHotkeys.map(({ keys, messageKey }) => [keys, messageKey] as const),
};

export function KeysDialog() {
    return (
        <Dialog title={t("keys.title")} onClose={closeOverlay}>
            {Object.entries(groups).map(([title, keys]) => (
                <section key={title} className="keys">
                    <h3>{t(title)}</h3>
                    <dl>
                        {keys.map(([combos, words]) => (
                            <div key={words}>
                                <dt dir="ltr">{combos.split(" ").map((combo) => <Combo key={combo} combo={combo} />)}</dt>
                                <dd>{t(words)}</dd>
                            </div>
                        ))}
                    </dl>
                </section>
            ))}
        </Dialog>
    );
}

/** "mod+z" as the keys that are held together. */
function Combo({ combo }: { combo: string }) {
    const keys = combo.length > 1 ? combo.split("+") : [combo];
    return <span>{keys.map((key) => <kbd key={key}>{key === "mod" ? mod : key.length === 1 ? key.toUpperCase() : key}</kbd>)}</span>;
}
