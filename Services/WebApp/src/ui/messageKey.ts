// Which words say what a code means. Pure.

/** Codes that are told in the words of another. */
const same: Record<string, string> = {
    busy: "error.unavailable", not_confirmed: "error.unavailable", limit_exceeded: "error.too_many", storage_blocked: "storage.blocked.text",
    storage_evicted: "storage.evicted.title",
    session_ended: "error.signed_out", token_expired: "error.signed_out", unauthorized: "error.signed_out",
    not_found: "error.gone", list_not_found: "error.gone", item_not_found: "error.gone", member_not_found: "error.gone",
};

/** The key of the message; what nothing is known of is the server's trouble. */
export function messageKey(code: string, has: (key: string) => boolean): string {
    const key = same[code] ?? `error.${code}`;
    return has(key) ? key : "error.internal";
}
