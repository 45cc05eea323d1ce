import { define } from "../state.ts";

export default define.page(({ Component, url }) => (
  <html lang="en">
    <head>
      <meta charset="utf-8" />
      <link rel="canonical" href={url.pathname} />
    </head>
    <body class="app">
      <Component />
    </body>
  </html>
));
