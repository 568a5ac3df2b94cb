// How much of the page the screen's keyboard covers, as the custom property --keyboard.
import { useEffect } from "react";

const keyboardHeightMin = 100;

export function useKeyboardInset(): void {
    useEffect(() => {
        const viewport = window.visualViewport;
        if (!viewport) return;
        const follow = () => {
            const covered = viewport.scale > 1.01 ? 0 : innerHeight - viewport.height - viewport.offsetTop;
            document.documentElement.style.setProperty("--keyboard", `${covered > keyboardHeightMin ? covered : 0}px`);
        };
        viewport.addEventListener("resize", follow);
        viewport.addEventListener("scroll", follow);
        return () => {
            viewport.removeEventListener("resize", follow);
            viewport.removeEventListener("scroll", follow);
            document.documentElement.style.removeProperty("--keyboard");
        };
    }, []);
}
