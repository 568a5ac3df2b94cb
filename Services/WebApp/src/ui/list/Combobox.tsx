// A field to type into that offers what might be meant: arrows choose, Enter takes it, Escape closes the offers first.
import { useEffect, useId, useState } from "react";
import type { InputHTMLAttributes, KeyboardEvent, Ref } from "react";

export interface Option {
    key: string;
    text: string;
    /** Said beside it, as the category of a suggestion is. */
    hint?: string | null;
}

export interface ComboboxProps extends Omit<InputHTMLAttributes<HTMLInputElement>, "onChange" | "onSelect" | "value"> {
    label: string;
    value: string;
    options: readonly Option[];
    onChange: (value: string) => void;
    onPick: (option: Option) => void;
    inputRef?: Ref<HTMLInputElement>;
    /** Offers are there as soon as it has the focus. */
    opensOnFocus?: boolean;
}

export function Combobox({ label, value, options, onChange, onPick, inputRef, opensOnFocus, onKeyDown, onBlur, ...rest }: ComboboxProps) {
    const id = useId();
    const [open, setOpen] = useState(false);
    const [active, setActive] = useState(-1);
    const shown = open && options.length > 0;
    useEffect(() => setActive(-1), [value]);

    const pick = (option: Option) => {
        setOpen(false);
        onPick(option);
    };
    const press = (event: KeyboardEvent<HTMLInputElement>) => {
        const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
        if (event.nativeEvent.isComposing) return;
        if (by !== 0 && options.length > 0 && !event.altKey) {
            setActive(shown ? (active + by + options.length + (active < 0 && by < 0 ? 1 : 0)) % options.length : by > 0 ? 0 : options.length - 1);
            setOpen(true);
        } else if (event.key === "Enter" && shown && options[active]) pick(options[active]);
        else if (event.key === "Escape" && shown) setOpen(false);
        else return onKeyDown?.(event);
        event.preventDefault();
        event.stopPropagation();
    };
    return (
        <div className="combobox">
            <input ref={inputRef} role="combobox" aria-label={label} aria-expanded={shown} aria-controls={`${id}-options`} aria-autocomplete="list"
                aria-activedescendant={shown && active >= 0 ? `${id}-${active}` : undefined}
                autoComplete="off" dir={value ? "auto" : undefined} value={value}
                onChange={(event) => { setOpen(true); onChange(event.target.value); }}
                onFocus={() => opensOnFocus && setOpen(true)}
                onBlur={(event) => { setOpen(false); onBlur?.(event); }}
                onKeyDown={press} {...rest} />
            <ul className="combobox-options" id={`${id}-options`} role="listbox" aria-label={label} hidden={!shown}>
                {shown && options.map((option, index) => (
                    <li key={option.key} id={`${id}-${index}`} role="option" aria-selected={index === active} className="combobox-option"
                        onPointerDown={(event) => event.preventDefault()} onClick={() => pick(option)}>
                        <bdi className="combobox-text">{option.text}</bdi>
                        {option.hint && <bdi className="combobox-hint">{option.hint}</bdi>}
                    </li>
                ))}
            </ul>
        </div>
    );
}
