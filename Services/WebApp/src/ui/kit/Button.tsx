// Buttons: with words, or an icon alone whose words are its name and its tooltip.
import { forwardRef } from "react";
import type { ButtonHTMLAttributes } from "react";
import { Icon } from "./Icon";
import type { IconName } from "./Icon";

type Native = Omit<ButtonHTMLAttributes<HTMLButtonElement>, "children">;

export interface ButtonProps extends Native {
    kind?: "primary" | "plain" | "ghost" | "danger";
    icon?: IconName;
    label: string;
    /** Something is under way: shown, and not pressed twice. */
    busy?: boolean;
}

export const Button = forwardRef<HTMLButtonElement, ButtonProps>(function Button(
    { kind = "plain", icon, label, busy, className = "", disabled, ...rest }, ref,
) {
    return (
        <button ref={ref} type="button" className={`button button-${kind} ${className}`} disabled={disabled || busy} aria-busy={busy} {...rest}>
            {busy ? <span className="spinner" /> : icon && <Icon name={icon} size={20} />}
            <span>{label}</span>
        </button>
    );
});

export interface IconButtonProps extends Native {
    icon: IconName;
    label: string;
    pressed?: boolean;
}

export const IconButton = forwardRef<HTMLButtonElement, IconButtonProps>(function IconButton({ icon, label, pressed, className = "", ...rest }, ref) {
    return (
        <button ref={ref} type="button" className={`icon-button ${className}`} aria-label={label} title={label} aria-pressed={pressed} {...rest}>
            <Icon name={icon} />
        </button>
    );
});
