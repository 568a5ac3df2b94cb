// Opens the accounts of this browser. Everything else of the replica is behind types.ts.
import wasmURL from "../core/listcrdt.wasm";
import { ListModule } from "../core/listModule";
import { BrowserAccounts } from "./accounts";
import type { Accounts } from "./types";

export async function openAccounts(): Promise<Accounts> {
    return BrowserAccounts.open(await ListModule.load(await fetch(wasmURL)));
}
