/** Files that the page needs which asks for the access token: they say nothing of the report, and need no token. */
import { styleSheets } from "../style_sheets.ts";

const files: readonly string[] = [
  ...styleSheets.map((file) => `/${file}`),
  ...["/icon.svg", "/favicon.ico", "/near.js"],
];

/** Whether a path is that of such a file. */
export function isAccessAsset(pathname: string): boolean {
  return files.includes(pathname) ||
    /^\/(katex\/katex\.min\.css|(katex\/)?fonts\/[\w-]+\.woff2?)$/.test(pathname);
}
