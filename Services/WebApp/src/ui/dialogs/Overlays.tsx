// Shows the dialog that was asked for.
import type { Accounts, Model } from "../../model/types";
import { useStore } from "../kit/store";
import { ShareDialog } from "../list/ShareDialog";
import { closeOverlay, overlay } from "../overlay";
import { CreateDialog, DuplicateDialog, RenameDialog } from "./NameDialogs";
import { ExportDialog } from "./ExportDialog";
import { ImportDialog } from "./ImportDialog";
import { KeysDialog } from "./KeysDialog";
import { LogOutDialog } from "./LogOutDialog";
import { SyncDialog } from "./SyncDialog";

export function Overlays({ model, accounts }: { model: Model; accounts: Accounts }) {
    const shown = useStore(overlay);
    switch (shown?.kind) {
    case "create": return <CreateDialog model={model} template={shown.template ?? false} />;
    case "rename": return <RenameDialog model={model} list={shown.list} />;
    case "duplicate": return <DuplicateDialog model={model} list={shown.list} as={shown.as} />;
    case "share": return <ShareDialog model={model} id={shown.list} onClose={closeOverlay} />;
    case "export": return <ExportDialog model={model} list={shown.list} />;
    case "import": return <ImportDialog model={model} list={shown.list} />;
    case "sync": return <SyncDialog model={model} />;
    case "logout": return <LogOutDialog model={model} accounts={accounts} />;
    case "keys": return <KeysDialog />;
    default: return null;
    }
}
