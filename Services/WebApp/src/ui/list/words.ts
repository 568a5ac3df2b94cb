// Other people's words inside our sentences.

/** At most so many letters of it. */
export function cut(text: string, lettersMax = 40): string {
    const letters = [...text.slice(0, lettersMax * 4)];
    return letters.length > lettersMax ? `${letters.slice(0, lettersMax).join("")}…` : text;
}
