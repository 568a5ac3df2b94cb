// A modal dialog: in the middle of a desktop, a sheet from the bottom of a phone. Focus goes back to where it came from.
import { useId, useLayoutEffect, useRef } from "react";
import type { FormEvent, MouseEvent, ReactNode, SyntheticEvent } from "react";
import { t } from "../../i18n/i18n";
import { IconButton } from "./Button";

export interface DialogProps {
    title: string;
    onClose: () => void;
    children: ReactNode;
    footer?: ReactNode;
    wide?: boolean;
    /** Makes the dialog a form: a button of type "submit" in the footer, or Enter in a field, calls it. */
    onSubmit?: () => void;
}

export function Dialog({ title, onClose, children, footer, wide, onSubmit }: DialogProps) {
    const ref = useRef<HTMLDialogElement>(null);
    const heading = useId();
    useLayoutEffect(() => {
        const dialog = ref.current!;
        dialog.showModal();
        (dialog.querySelector<HTMLElement>("[data-autofocus]") ?? dialog.querySelector("h2"))?.focus();
        return () => dialog.close();
    }, []);
    const cancel = (event: SyntheticEvent) => {
        if (event.target !== ref.current) return;
        event.preventDefault();
        onClose();
    };
    const pressOutside = (event: MouseEvent) => {
        if (event.target === ref.current) onClose();
    };
    const submit = (event: FormEvent) => {
        event.preventDefault();
        event.stopPropagation();
        onSubmit?.();
    };
    const Frame = onSubmit ? "form" : "div";
    return (
        <dialog ref={ref} className={wide ? "dialog dialog-wide" : "dialog"} aria-labelledby={heading} onCancel={cancel} onMouseDown={pressOutside}>
            <Frame className="dialog-frame" {...(onSubmit && { onSubmit: submit, noValidate: true })}>
                <div className="dialog-head">
                    <h2 id={heading} tabIndex={-1}>{title}</h2>
                    <IconButton icon="close" label={t("common.close")} onClick={onClose} />
                </div>
                <div className="dialog-body" {...(!footer && { tabIndex: 0, role: "group", "aria-labelledby": heading })}>{children}</div>
                {footer && <div className="dialog-foot">{footer}</div>}
            </Frame>
        </dialog>
    );
}
