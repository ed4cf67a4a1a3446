// Days as people write them: the day before the month, its name in letters; and asked for in three fields, whose order is ours, not the browser's.

import { field, h, select } from "./dom";
import { formalLanguage, t } from "./words";

const LONG = { day: "numeric", month: "long", year: "numeric" } as const;
export const dayOf = (moment: Date) => moment.toLocaleDateString(formalLanguage(), LONG);
/** The same of a day such as "2027-01-31". */
export const dayIn = (iso: string) => dayOf(new Date(`${iso}T12:00`));

/** Fields for a day, `name`_day and so on; `value` is such as "2027-01-31", or "". */
export function dayFields(name: string, value = ""): HTMLElement {
  const [year = "", month = "", day = ""] = value.split("-");
  const ask = (part: string, length: string, said: string) => {
    const kind = { inputmode: "numeric", autocomplete: "off", maxlength: length };
    return field(t(part), h("input", { name: `${name}_${part}`, value: said, ...kind }));
  };
  const nameOf = (n: number) => new Date(2024, n, 1).toLocaleDateString(formalLanguage(), { month: "long" });
  const months = [...Array(12).keys()].map((n): [string, string] => [String(n + 1), nameOf(n)]);
  const picker = select(`${name}_month`, [["", "–"], ...months], String(Number(month) || ""));
  return h(
    "div",
    { class: "day", role: "group", "aria-label": t(name) },
    ask("day", "2", String(Number(day) || "")),
    field(t("month"), picker),
    ask("year", "4", year),
  );
}

const plain = (digits: string) =>
  Number(
    digits.trim().replace(/[\u0660-\u0669\u06f0-\u06f9]/g, (one) => String(one.charCodeAt(0) & 0xf)) || "0",
  );

/** The day in such fields as "2027-01-31"; "" where nothing is said, and null where that is no day. */
export function dayFrom(form: FormData, name: string): string | null {
  const parts = ["year", "month", "day"].map((part) => {
    const said = form.get(`${name}_${part}`);
    return typeof said === "string" ? said : "";
  });
  if (parts.every((part) => !part.trim())) return "";
  const [year = 0, month = 0, day = 0] = parts.map(plain);
  const found = new Date(Date.UTC(year, month - 1, day));
  const isDay = found.getUTCFullYear() === year && found.getUTCMonth() === month - 1 && year > 999;
  return isDay && found.getUTCDate() === day ? found.toISOString().slice(0, 10) : null;
}
