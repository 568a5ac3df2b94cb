// What was done on this page and can be taken back, newest last.
import type { Intent, Key, Kind } from "../core/forms";
import { Cell } from "./stores";
import { ModelError, type UndoStep } from "./types";

const stepsMax = 100;

/** One operation as it was meant, and where. */
export interface Deed {
    document: string;
    kind: Kind;
    key: Key;
    intent: Intent;
}

interface Kept {
    step: UndoStep;
    /** Deeds that take it back, in the order in which to do them. */
    deeds: Deed[];
}

export class UndoHistory {
    readonly undoable = new Cell<UndoStep | null>(null);
    readonly redoable = new Cell<UndoStep | null>(null);
    private undos: Kept[] = [];
    private redos: Kept[] = [];
    private lastId = 0;

    /** A step that a person made: what was taken back before can no longer be done again. */
    add(step: Omit<UndoStep, "id">, deeds: Deed[]): void {
        if (deeds.length === 0) return;
        this.redos = [];
        this.keep(this.undos, { step: { ...step, id: this.newId() }, deeds });
    }

    /** Takes the newest step back: `carryOut` does the deeds and says what takes them back in turn. */
    async undo(carryOut: (deeds: Deed[]) => Promise<Deed[]>): Promise<void> {
        await this.turn(this.undos, this.redos, carryOut);
    }

    async redo(carryOut: (deeds: Deed[]) => Promise<Deed[]>): Promise<void> {
        await this.turn(this.redos, this.undos, carryOut);
    }

    private async turn(from: Kept[], to: Kept[], carryOut: (deeds: Deed[]) => Promise<Deed[]>): Promise<void> {
        const kept = from.pop();
        if (!kept) return;
        const deeds = await carryOut(kept.deeds).catch((error) => {
            // Nothing was done. What is no longer allowed is not offered again, and does not keep others from being taken back.
            if (!(error instanceof ModelError && error.code === "forbidden")) from.push(kept);
            this.show();
            throw error;
        });
        if (deeds.length > 0) this.keep(to, { step: { ...kept.step, id: this.newId() }, deeds });
        this.show();
    }

    private keep(stack: Kept[], kept: Kept): void {
        stack.push(kept);
        if (stack.length > stepsMax) stack.shift();
        this.show();
    }

    private show(): void {
        this.undoable.set(this.undos.at(-1)?.step ?? null);
        this.redoable.set(this.redos.at(-1)?.step ?? null);
    }

    private newId(): number {
        this.lastId += 1;
        return this.lastId;
    }
}
