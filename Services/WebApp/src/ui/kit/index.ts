// All primitives of the screen.
export { Button, IconButton } from "./Button";
export { confirmDialog } from "./Confirm";
export { Dialog } from "./Dialog";
export { Checkbox, Field, Segmented, Select } from "./Field";
export { isTyping, useHotkey, useMedia, useMinute } from "./hooks";
export { Icon } from "./Icon";
export type { IconName } from "./Icon";
export { Menu } from "./Menu";
export type { MenuItem } from "./Menu";
export { Avatar, Empty, Notice, Progress } from "./Show";
export { createStore, useStore } from "./store";
export { announce, toast } from "./Toasts";
