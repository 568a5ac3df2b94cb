// Small things that this browser remembers, by name; where it keeps nothing, they hold for this visit only.
const key = (name: string) => `larder.${name}`;

export function remembered(name: string): string | null {
    try { return localStorage.getItem(key(name)); } catch { return null; }
}

export function remember(name: string, value: string): void {
    try { localStorage.setItem(key(name), value); } catch { /* not here */ }
}
