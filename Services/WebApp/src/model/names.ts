// Who edited what: a sync brings others' edits without their names, the history has them.
import type { Gateway } from "./gateway";
import type { Replica } from "./replica";

export class Names {
    /** Once a list. */
    private readonly asked = new Set<string>();

    constructor(private readonly replica: Replica, private readonly gateway: Gateway) {}

    async learn(lists: readonly string[]): Promise<void> {
        const { library } = this.replica;
        for (const list of lists) {
            const isUnknown = library.items(list).some(({ updatedBy }) => updatedBy === null);
            if (!isUnknown || this.asked.has(list)) continue;
            this.asked.add(list);
            const { changes } = await this.gateway.json<{ changes: { by: string; replica: string }[] }>("GET", `/v1/lists/${list}/history?limit=1000`)
                .catch(() => ({ changes: [] }));
            const replicas = new Map<string, string[]>();
            for (const { by, replica } of changes) replicas.set(by, [...replicas.get(by) ?? [], replica]);
            for (const [by, theirs] of replicas) await this.replica.learn([...new Set(theirs)], by);
        }
    }
}
