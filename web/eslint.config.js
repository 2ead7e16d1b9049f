import js from "@eslint/js";
import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["dist/", "node_modules/"] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked.map((config) => ({ ...config, files: ["src/**/*.ts", "tests/unit/**/*.ts"] })),
  {
    files: ["src/**/*.ts", "tests/unit/**/*.ts"],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      // Cesium's own declarations give ancestors only as structures, so that every subclass would be a fault.
      "@typescript-eslint/no-unsafe-class-instance-assignment": "off",
      "max-lines": ["error", 300],
    },
  },
  {
    files: ["**/*.js", "**/*.mjs"],
    languageOptions: {
      globals: { console: "readonly", process: "readonly", URL: "readonly", setTimeout: "readonly", setInterval: "readonly",
        clearInterval: "readonly", window: "readonly", document: "readonly", performance: "readonly",
        requestAnimationFrame: "readonly", fetch: "readonly" },
    },
  },
);
