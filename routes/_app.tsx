import { asset } from "fresh/runtime";
import { marked } from "../components/current.ts";
import { define, type State } from "../server/state.ts";
import { styleSheets } from "../server/style_sheets.ts";

const links = [
  { href: "/", label: "Report" },
  { href: "/play", label: "Playground" },
  { href: "/models", label: "Models" },
  { href: "/docs", label: "Guides" },
  { href: "/history", label: "Your results" },
  { href: "/about", label: "About" },
];

/** Whether other machines compute; pages of errors may come before there is a gallery. */
const isFleet = (state: Partial<State> | undefined) => state?.gallery?.settings.queue !== undefined;

/** Those of every page; the others come when they are needed. */
const fonts = ["denoise-serif.woff2", "denoise-sans.woff2"];

export default define.page(({ Component, url, state }) => (
  <html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <meta
        name="description"
        content="Diffusion models explained by example: every figure can be regenerated live."
      />
      <link rel="icon" type="image/svg+xml" href={asset("/icon.svg")} />
      {fonts.map((file) => (
        <link rel="preload" href={`/fonts/${file}`} as="font" type="font/woff2" crossorigin="anonymous" />
      ))}
      <link rel="stylesheet" href={asset("/katex/katex.min.css")} />
      {styleSheets.map((file) => <link key={file} rel="stylesheet" href={asset(`/${file}`)} />)}
    </head>
    <body>
      <a class="skip" href="#main">Skip to content</a>
      <header class="site">
        <a class="brand" href="/">
          <svg viewBox="0 0 32 32" width="22" height="22" aria-hidden="true">
            <circle cx="16" cy="16" r="15" fill="none" stroke="currentColor" stroke-width="2" />
            <path d="M16 1a15 15 0 0 1 0 30z" fill="currentColor" />
            <g fill="currentColor">
              <circle cx="10" cy="9" r="1.4" />
              <circle cx="6.5" cy="14" r="1.4" />
              <circle cx="11" cy="16" r="1.4" />
              <circle cx="7.5" cy="20.5" r="1.4" />
              <circle cx="12" cy="23.5" r="1.4" />
            </g>
          </svg>
          Denoise
        </a>
        <nav aria-label="Pages">
          {links.map(({ href, label }) => {
            const current = href === "/"
              ? url.pathname === "/" || url.pathname.startsWith("/sections")
              : url.pathname.startsWith(href);
            return marked(<a key={href} href={href}>{label}</a>, current);
          })}
        </nav>
      </header>
      <main id="main" tabIndex={-1}>
        <Component />
      </main>
      <footer class="site">
        {isFleet(state)
          ? (
            <p>
              What you run here is computed by the gallery's <a href="/workers">workers</a>, in TypeScript.
            </p>
          )
          : (
            <p>
              Everything here is computed on this machine, by <a href="/models">small models</a>{" "}
              trained by this project, in TypeScript. No request goes to any other host.
            </p>
          )}
        <p>
          <a href="/about">About</a>{" "}
          <span data-server>
            · <a href="/api/openapi.json">API</a>
          </span>
        </p>
      </footer>
    </body>
  </html>
));
