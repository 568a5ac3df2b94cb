// A button that opens a menu. Arrows, Home, End and first letters move in it; Escape and Tab close it.
import { useId, useLayoutEffect, useRef, useState } from "react";
import type { KeyboardEvent, ReactNode } from "react";
import { createPortal } from "react-dom";
import { Icon } from "./Icon";
import type { IconName } from "./Icon";

export interface MenuItem {
    label: string;
    icon?: IconName;
    onSelect: () => void;
    danger?: boolean;
    disabled?: boolean;
    /** Shown as the one of several that holds. */
    checked?: boolean;
    /** Under a line. */
    divided?: boolean;
}

export interface MenuProps {
    label: string;
    icon?: IconName;
    items: readonly (MenuItem | false | null | undefined)[];
    /** Instead of the icon: what the button shows; `label` is then its name still. */
    children?: ReactNode;
    className?: string;
}

export function Menu({ label, icon = "more", items, children, className }: MenuProps) {
    const [open, setOpen] = useState(false);
    const button = useRef<HTMLButtonElement>(null);
    const id = useId();
    const close = () => {
        setOpen(false);
        button.current?.focus();
    };
    return (
        <>
            <button ref={button} type="button" className={className ?? "icon-button"} aria-label={label} title={children ? undefined : label}
                aria-haspopup="menu" aria-expanded={open} aria-controls={open ? id : undefined} onClick={() => setOpen(!open)}
                onKeyDown={(event) => {
                    if (event.key !== "ArrowDown") return;
                    event.preventDefault();
                    setOpen(true);
                }}>
                {children ?? <Icon name={icon} />}
            </button>
            {open && button.current && (
                <MenuList id={id} label={label} items={items.filter(Boolean) as MenuItem[]} anchor={button.current} onClose={close} />
            )}
        </>
    );
}

function MenuList({ id, label, items, anchor, onClose }: { id: string; label: string; items: MenuItem[]; anchor: HTMLElement; onClose: () => void }) {
    const ref = useRef<HTMLDivElement>(null);
    const host = anchor.closest("dialog") ?? document.body;
    useLayoutEffect(() => {
        place(ref.current!, anchor);
        choices(ref.current!)[0]?.focus();
        const outside = (event: Event) => {
            if (!ref.current!.contains(event.target as Node) && !anchor.contains(event.target as Node)) onClose();
        };
        document.addEventListener("pointerdown", outside, true);
        addEventListener("resize", onClose);
        return () => {
            document.removeEventListener("pointerdown", outside, true);
            removeEventListener("resize", onClose);
        };
    }, []);
    const select = (item: MenuItem) => {
        onClose();
        item.onSelect();
    };
    return createPortal(
        <div ref={ref} id={id} className="menu" role="menu" aria-label={label} onKeyDown={(event) => moveInMenu(event, ref.current!, onClose)}>
            {items.map((item) => (
                <button key={item.label} type="button" tabIndex={-1} disabled={item.disabled}
                    className={`menu-item${item.danger ? " menu-danger" : ""}${item.divided ? " menu-divided" : ""}`}
                    role={item.checked === undefined ? "menuitem" : "menuitemradio"} aria-checked={item.checked}
                    onPointerEnter={(event) => event.currentTarget.focus()} onClick={() => select(item)}>
                    {item.icon && <Icon name={item.icon} size={20} />}
                    <span>{item.label}</span>
                    {item.checked && <Icon name="check" size={20} />}
                </button>
            ))}
        </div>,
        host,
    );
}

function choices(menu: HTMLElement): HTMLButtonElement[] {
    return [...menu.querySelectorAll<HTMLButtonElement>("button:not(:disabled)")];
}

function moveInMenu(event: KeyboardEvent, menu: HTMLElement, onClose: () => void): void {
    const all = choices(menu);
    const at = all.indexOf(document.activeElement as HTMLButtonElement);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
    if (next !== undefined) all.at(next % all.length)?.focus();
    else if (event.key === "Escape" || event.key === "Tab") onClose();
    else if (event.key.length === 1 && event.key !== " ") {
        const letter = event.key.toLocaleLowerCase();
        [...all.slice(at + 1), ...all].find((item) => item.textContent?.trim().toLocaleLowerCase().startsWith(letter))?.focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
}

/** Below its button and flush with the side that has room; above when there is none below. */
function place(menu: HTMLElement, anchor: HTMLElement): void {
    const from = anchor.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = menu;
    const rtl = document.dir === "rtl";
    const flush = rtl === (from.left + width < innerWidth) ? from.left : from.right - width;
    const start = rtl ? from.left : from.right - width;
    const left = start >= 8 && start + width <= innerWidth - 8 ? start : flush;
    const top = from.bottom + 4 + height > innerHeight && from.top > height + 4 ? from.top - height - 4 : from.bottom + 4;
    menu.style.left = `${Math.max(8, Math.min(left, innerWidth - width - 8))}px`;
    menu.style.top = `${Math.max(8, Math.min(top, innerHeight - height - 8))}px`;
}
