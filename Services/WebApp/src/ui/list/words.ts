// Other people's words inside our sentences.

/** Cut, and kept from turning the direction of the text around it. */
export function isolate(text: string, lettersMax = 40): string {
    const letters = [...text.slice(0, lettersMax * 4)];
    return `\u2068${letters.length > lettersMax ? `${letters.slice(0, lettersMax).join("")}…` : text}\u2069`;
}
