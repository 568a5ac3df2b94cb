// Things to type into and to choose with. Each has a label; hints and errors are read with it.
import { forwardRef, useId } from "react";
import type { InputHTMLAttributes, ReactNode, SelectHTMLAttributes } from "react";
import { formatNumber } from "../../i18n/i18n";

export interface FieldProps extends InputHTMLAttributes<HTMLInputElement> {
    label: string;
    hint?: string;
    error?: string | null;
    /** The label is for screen readers alone. */
    hideLabel?: boolean;
    /** Beside the input, as a button is. */
    after?: ReactNode;
}

export const Field = forwardRef<HTMLInputElement, FieldProps>(function Field({ label, hint, error, hideLabel, after, className = "", ...rest }, ref) {
    const id = useId();
    return (
        <div className={`field ${className}`}>
            <label htmlFor={id} className={hideLabel ? "sr-only" : undefined}>{label}</label>
            <div className="field-row">
                <input ref={ref} id={id} className="input" dir={rest.value ? "auto" : undefined} aria-invalid={error ? true : undefined}
                    aria-describedby={error || hint ? `${id}-say` : undefined} {...rest} />
                {after}
            </div>
            {(error || hint) && <p id={`${id}-say`} className={error ? "field-error" : "field-hint"}>{error || hint}</p>}
        </div>
    );
});

export interface SelectProps extends Omit<SelectHTMLAttributes<HTMLSelectElement>, "onChange" | "value"> {
    label: string;
    hideLabel?: boolean;
    hint?: string;
    value: string;
    options: readonly { value: string; label: string }[];
    onChange: (value: string) => void;
}

export function Select({ label, hideLabel, hint, options, onChange, ...rest }: SelectProps) {
    const id = useId();
    return (
        <div className="field">
            <label htmlFor={id} className={hideLabel ? "sr-only" : undefined}>{label}</label>
            <select id={id} className="input select" aria-describedby={hint ? `${id}-say` : undefined}
                onChange={(event) => onChange(event.target.value)} {...rest}>
                {options.map((option) => <option key={option.value} value={option.value}>{option.label}</option>)}
            </select>
            {hint && <p id={`${id}-say`} className="field-hint">{hint}</p>}
        </div>
    );
}

export interface CheckboxProps {
    label: string;
    hint?: string;
    checked: boolean;
    onChange: (checked: boolean) => void;
}

export function Checkbox({ label, hint, checked, onChange }: CheckboxProps) {
    const id = useId();
    return (
        <label className="toggle">
            <input type="checkbox" className="checkbox" checked={checked}
                aria-labelledby={id} aria-describedby={hint ? `${id}-say` : undefined} onChange={(event) => onChange(event.target.checked)} />
            <span className="toggle-words">
                <span id={id}>{label}</span>
                {hint && <span id={`${id}-say`} className="field-hint">{hint}</span>}
            </span>
        </label>
    );
}

export interface SegmentedProps<Value extends string> {
    label: string;
    value: Value;
    options: readonly { value: Value; label: string; count?: number }[];
    onChange: (value: Value) => void;
}

/** One of a few, all in view. */
export function Segmented<Value extends string>({ label, value, options, onChange }: SegmentedProps<Value>) {
    const name = useId();
    return (
        <div className="segmented" role="radiogroup" aria-label={label}>
            {options.map((option) => (
                <label key={option.value} className="segment">
                    <input type="radio" className="sr-only" name={name} checked={option.value === value} onChange={() => onChange(option.value)} />
                    <span>{option.label}</span>
                    {option.count ? <span className="count">{formatNumber(option.count)}</span> : null}
                </label>
            ))}
        </div>
    );
}
