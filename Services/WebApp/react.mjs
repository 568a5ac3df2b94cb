// React as one ES module, for the bundler: here its parts are names of their own, which are shorter wherever they are used than properties.
import * as React from "react";
import * as runtime from "react/jsx-runtime";
import * as dom from "react-dom";
import * as client from "react-dom/client";

export const {
    Component, createElement, forwardRef, memo, useCallback, useDeferredValue, useEffect, useId, useLayoutEffect, useMemo, useReducer, useRef, useState,
    useSyncExternalStore,
} = React;
export const { Fragment, jsx } = runtime;
export const { createPortal, flushSync } = dom;
export const { createRoot } = client;
export { jsx as jsxs };
