// What TypeScript and JavaScript are held to. Paths begin at the repository's root, from which `npm run lint` runs.
import js from "@eslint/js";
import { createNodeResolver, importX } from "eslint-plugin-import-x";
import { defineConfig } from "eslint/config";
import globals from "globals";
import ts from "typescript-eslint";

const APP = "capture/src";
const STATIC = "src/griot/*/static/griot";

// Who may import whom in the phone app.
const zones = [
  {
    target: `${APP}/screens`,
    from: `${APP}/screens`,
    message: "A screen knows no other: the router leads there, and what two of them share lies below.",
  },
  { target: `${APP}/!(main).ts`, from: `${APP}/screens`, message: "Only main.ts knows the screens." },
  { target: `${APP}/!(screens)/**/*`, from: `${APP}/screens`, message: "Only main.ts knows the screens." },
  { target: APP, from: `${APP}/main.ts`, message: "Nothing stands on main.ts." },
];

export default defineConfig(
  { ignores: ["capture/dist/"] },
  { linterOptions: { noInlineConfig: true } },
  js.configs.recommended,
  {
    files: ["capture/**/*.ts"],
    extends: [ts.configs.strictTypeChecked],
    plugins: { "import-x": importX },
    languageOptions: { parserOptions: { projectService: true } },
    settings: {
      "import-x/extensions": [".ts"],
      "import-x/resolver-next": [createNodeResolver({ extensions: [".ts", ".js"] })],
    },
    rules: {
      "import-x/no-restricted-paths": ["error", { zones }],
      "import-x/no-cycle": "error",
      // no-cycle does not follow imports that are marked as types; so none is.
      "@typescript-eslint/consistent-type-imports": ["error", { prefer: "no-type-imports" }],
      "import-x/order": ["error", { alphabetize: { order: "asc" } }],
      "@typescript-eslint/no-unused-vars": ["error", { ignoreRestSiblings: true }],
      "@typescript-eslint/restrict-template-expressions": [
        "error",
        { allowAny: false, allowBoolean: false, allowNever: false, allowNullish: false, allowRegExp: false },
      ],
      // The types are those of today's browsers over TLS; on a phone of 2014, or without TLS, much of it is missing.
      "@typescript-eslint/no-unnecessary-condition": "off",
      // `return say(t("pin_short"))` reads well; and what we put into an element a line before is in it.
      "@typescript-eslint/no-confusing-void-expression": "off",
      "@typescript-eslint/no-non-null-assertion": "off",
    },
  },
  { files: [`${STATIC}/*.js`], languageOptions: { globals: globals.browser } },
  {
    // Those that pages load without type="module".
    files: [`${STATIC}/{editor,reader,rows}.js`, "capture/public/sync.js"],
    languageOptions: { sourceType: "script" },
  },
  { files: ["capture/public/sync.js"], languageOptions: { globals: globals.serviceworker } },
  { files: ["**/*.mjs"], languageOptions: { globals: globals.node } },
);
