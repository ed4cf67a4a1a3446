// How long and how large something is, as people read it.

import { Recording } from "./types";

const MB = 1024 * 1024;

/** In figures and a unit that stay together where one reads from right to left. */
export const size = (bytes: number) => `\u2066${inUnits(bytes)}\u2069`;

const inUnits = (bytes: number) =>
  bytes < MB
    ? `${Math.ceil(bytes / 1024)} KB`
    : bytes < 1024 * MB
      ? `${(bytes / MB).toFixed(1)} MB`
      : `${(bytes / MB / 1024).toFixed(1)} GB`;
export const clock = (seconds: number) =>
  `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
export const lengthOf = (file: Recording) =>
  file.media === "photo" ? size(file.size) : `${clock(file.seconds)} · ${size(file.size)}`;
