// The keys of the list screen, for the help that lists them.
export const listHotkeys: readonly { keys: string; messageKey: string }[] = [
    { keys: "a", messageKey: "list.keys.add" },
    { keys: "/", messageKey: "list.keys.filter" },
    { keys: "↑ ↓ Home End", messageKey: "list.keys.rows" },
    { keys: "Space Enter x", messageKey: "list.keys.check" },
    { keys: "e", messageKey: "list.keys.edit" },
    { keys: "+ −", messageKey: "list.keys.take" },
    { keys: "Delete", messageKey: "list.keys.remove" },
    { keys: "Alt+↑ Alt+↓", messageKey: "list.keys.move" },
    { keys: "s", messageKey: "list.keys.select" },
    { keys: "Shift+↑ Shift+↓", messageKey: "list.keys.range" },
    { keys: "mod+a", messageKey: "list.keys.all" },
    { keys: "Esc", messageKey: "list.keys.escape" },
];
