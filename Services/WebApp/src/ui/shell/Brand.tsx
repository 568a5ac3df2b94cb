// The name and its mark: a jar on a shelf with a tick.
export function Brand() {
    return (
        <span className="brand">
            <svg viewBox="0 0 32 32" width="32" height="32" aria-hidden="true">
                <rect width="32" height="32" rx="9" className="brand-ground" />
                <path className="brand-mark" d="M10.5 7.5h11M9 11.5q0-1 1-1h12q1 0 1 1v10.5q0 3-3 3h-8q-3 0-3-3zM12.5 17.5l2.5 2.5 4.5-5" />
            </svg>
            <span className="brand-name">Larder</span>
        </span>
    );
}
