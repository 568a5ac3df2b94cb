// React as one ES module, for the bundler: here its parts are names of their own, which are shorter wherever they are used than properties.
import * as React from "react";
import * as dom from "react-dom";

export const {
    Component, Fragment, createElement, forwardRef, memo, useCallback, useDeferredValue, useEffect, useId, useLayoutEffect, useMemo, useReducer,
    useRef, useState, useSyncExternalStore,
} = React;
export const { createPortal, createRoot, flushSync } = dom;

/** What JSX is compiled to: `createElement` with children among the properties and the key apart. */
export const jsx = (type, props, key) => createElement(type, key === undefined ? props : { ...props, key });
export { jsx as jsxs };
