// A JSON list in a text field, drawn as rows of fields. The text field stays the truth, and is what is sent.

function drawRows() {
  for (const source of document.querySelectorAll("textarea[data-griot-rows]")) {
    const columns = JSON.parse(source.dataset.griotRows);
    let rows;
    try {
      rows = JSON.parse(source.value || "[]");
    } catch {
      continue;
    }
    if (!Array.isArray(rows) || rows.some((row) => typeof row !== "object" || row === null)) continue;
    const list = document.createElement("ol");
    list.className = "griot-rows";
    const add = document.createElement("button");
    add.type = "button";
    add.className = "button button-small button-secondary";
    add.textContent = `Add a ${source.dataset.called}`;
    source.hidden = true;
    source.after(list, add);

    const write = () => {
      source.value = JSON.stringify(rows);
      source.dispatchEvent(new Event("change", { bubbles: true }));
    };
    const named = (text) =>
      (
        text
          .normalize("NFD")
          .replace(/[^A-Za-z ]/g, "")
          .trim()
          .toLowerCase()
          .split(/\s+/)
          .find((word) => word.length > 3) ?? "p"
      ).slice(0, 20);
    const unique = (name) => {
      let found = name,
        n = 2;
      while (rows.some((row) => row.id === found)) found = `${name}_${n++}`;
      return found;
    };

    function draw(focus = null) {
      list.replaceChildren(
        ...rows.map((row, n) => {
          const item = document.createElement("li"),
            head = document.createElement("p");
          head.className = "griot-buttons";
          for (const [words, act, isOff] of [
            ["↑", () => rows.splice(n - 1, 0, ...rows.splice(n, 1)), n === 0],
            ["↓", () => rows.splice(n + 1, 0, ...rows.splice(n, 1)), n === rows.length - 1],
            ["Remove", () => rows.splice(n, 1), false],
          ]) {
            const button = document.createElement("button");
            button.type = "button";
            button.className = `button button-small button-secondary${words === "Remove" ? " no" : ""}`;
            button.textContent = words;
            button.disabled = isOff;
            button.setAttribute(
              "aria-label",
              `${{ "↑": "Move up", "↓": "Move down" }[words] ?? words}: ${source.dataset.called} ${n + 1}`,
            );
            button.addEventListener("click", () => {
              act();
              write();
              draw();
            });
            head.append(button);
          }
          item.append(head);
          for (const [name, label, kind] of columns) {
            const made = document.createElement("label"),
              field = document.createElement(["long", "lines"].includes(kind) ? "textarea" : "input");
            made.append(label, field);
            field.dir = "auto";
            if (kind === "number") {
              field.type = "number";
              field.min = 1;
              field.value = (row[name] ?? 0) + 1;
            } else if (field.localName === "input") field.type = "text";
            if (kind !== "number")
              field.value = kind === "lines" ? (row[name] ?? []).join("\n") : (row[name] ?? "");
            if (field.localName === "textarea") field.rows = kind === "lines" ? 3 : 2;
            field.dataset.name = name;
            field.addEventListener("input", () => {
              if (kind === "number") row[name] = Math.max(0, (parseInt(field.value, 10) || 1) - 1);
              else if (kind === "lines")
                row[name] = field.value
                  .split("\n")
                  .map((line) => line.trim())
                  .filter(Boolean);
              else if (field.value || kind !== "text") row[name] = field.value;
              else delete row[name];
              write();
            });
            if (kind === "long" && columns[0][2] === "name")
              field.addEventListener("change", () => {
                if (!row.id && field.value) {
                  row.id = unique(named(field.value));
                  write();
                  draw();
                }
              });
            item.append(made);
          }
          return item;
        }),
      );
      if (focus !== null) list.children[focus]?.querySelector("textarea")?.focus();
    }
    add.addEventListener("click", () => {
      rows.push(
        Object.fromEntries(
          columns
            .filter(([, , kind]) => kind !== "text")
            .map(([name, , kind]) => [name, kind === "lines" ? [] : kind === "number" ? 0 : ""]),
        ),
      );
      write();
      draw(rows.length - 1);
    });
    draw();
  }
}
if (document.readyState === "loading") addEventListener("DOMContentLoaded", drawRows);
else drawRows();
