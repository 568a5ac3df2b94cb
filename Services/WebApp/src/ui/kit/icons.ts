// Every icon: strokes on a square of 24, in the colour of the text around it.
export const icons = {
    alert: "M12 3 2.5 20h19zM12 10v4M12 17v.2",
    archive: "M4 8v12h16V8M3 4h18v4H3zM10 12h4",
    back: "M15 5l-7 7 7 7",
    category: "M4 4h7l9 9-7 7-9-9zM8 8v.1",
    check: "M5 12.5l4.5 4.5L19 7.5",
    chevron: "M9 5l7 7-7 7",
    clock: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M12 7v5l3 2",
    close: "M6 6l12 12M18 6L6 18",
    cloud: "M7 19a4.5 4.5 0 0 1-.5-9 6 6 0 0 1 11.5 1.5A3.8 3.8 0 0 1 17.5 19z",
    cloudCheck: "M7 19a4.5 4.5 0 0 1-.5-9 6 6 0 0 1 11.5 1.5A3.8 3.8 0 0 1 17.5 19zM9.2 14l2 2 3.6-3.8",
    cloudOff: "M9.5 6.2A6 6 0 0 1 18 11.5a3.8 3.8 0 0 1 2.2 6M16.5 19H7a4.5 4.5 0 0 1-.5-9M3 3l18 18",
    copy: "M9 9h11v11H9zM5 15H4V4h11v1",
    device: "M7 3h10v18H7zM11 18h2",
    download: "M12 4v11M7 11l5 5 5-5M4 20h16",
    edit: "M4 20l1-4L16 5l3 3L8 19zM14 7l3 3",
    eye: "M2 12q4-7 10-7t10 7q-4 7-10 7T2 12M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6",
    eyeOff: "M10 5.2q8-1 12 6.8-1 2-2.5 3.5M6 7q-2.5 2-4 5 4 7 10 7 2.5 0 5-1.5M3 3l18 18",
    globe: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M3 12h18M12 3c3 3 3 15 0 18M12 3c-3 3-3 15 0 18",
    grip: "M9 6v.1M15 6v.1M9 12v.1M15 12v.1M9 18v.1M15 18v.1",
    history: "M4 5v4h4M4.5 9A8.5 8.5 0 1 1 3.5 13M12 8v4l3 2",
    info: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M12 11v5M12 8v.1",
    keyboard: "M3 6h18v12H3zM7 10v.1M11 10v.1M15 10v.1M17 10v.1M8 14h8",
    leave: "M14 4H5v16h9M10 12h10M16 8l4 4-4 4",
    link: "M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1",
    list: "M9 6h11M9 12h11M9 18h11M4 6l.1 0M4 12l.1 0M4 18l.1 0",
    minus: "M5 12h14",
    more: "M12 5v.1M12 12v.1M12 19v.1",
    person: "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8M4.5 20a7.5 6 0 0 1 15 0",
    people: "M9 5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7M2.5 19a6.5 5 0 0 1 13 0M16 5.2a3.5 3.5 0 0 1 0 6.6M18 14.5a6 5 0 0 1 3.5 4.5",
    pin: "M9 3h6l-1 6 4 4v2H6v-2l4-4zM12 15v6",
    plus: "M12 5v14M5 12h14",
    print: "M7 9V3h10v6M7 17H4V9h16v8h-3M7 14h10v7H7z",
    restore: "M4 5v5h5M4.5 10a8 8 0 1 1-.5 4",
    search: "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14M16 16l5 5",
    select: "M4 4h16v16H4zM8 12l3 3 5-6",
    settings: "M4 7h9M19 7h1M4 17h1M11 17h9M16 4.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5M8 14.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5",
    share: "M12 15V3M8 7l4-4 4 4M6 11H5v10h14V11h-1",
    square: "M4 4h16v16H4z",
    sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8M12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.4 1.4M17.6 17.6L19 19M5 19l1.4-1.4M17.6 6.4L19 5",
    sync: "M4 12a8 8 0 0 1 14-5l2 2M20 4v5h-5M20 12a8 8 0 0 1-14 5l-2-2M4 20v-5h5",
    template: "M4 4h16v5H4zM4 13h6v7H4zM14 13h6v7h-6z",
    trash: "M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v5M14 11v5",
    upload: "M12 16V5M7 9l5-5 5 5M4 20h16",
} as const;

export type IconName = keyof typeof icons;

/** Those of dots alone, which have to be thicker. */
export const dotted: readonly IconName[] = ["grip", "more"];

/** Those that point along the line of text, and turn around with it. */
export const directed: readonly IconName[] = ["back", "chevron", "leave", "list"];
