// A link as a QR code: one path, dark on white in both themes, because readers want it so.
import { useMemo } from "react";
import { qrModules } from "./qr";

const quiet = 3;

/** Nothing for a text that is too long. */
export function QRCode({ text, label }: { text: string; label: string }) {
    const modules = useMemo(() => qrModules(text), [text]);
    if (!modules) return null;
    const path = modules.map((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : "")).join("")).join("");
    const size = modules.length + 2 * quiet;
    return (
        <svg className="qr" role="img" aria-label={label} viewBox={`${-quiet} ${-quiet} ${size} ${size}`} shapeRendering="crispEdges">
            <path d={path} />
        </svg>
    );
}
