/** The page at `/`: what this is, and links to what it serves. Titles and paths are trusted: they come from flags and code. */
export function landingPage(version: string, links: readonly { readonly path: string; readonly title: string }[]): string {
  const items = links.map(({ path, title }) => `<li><a href="${escape(path)}">${escape(title)}</a></li>`);
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Presage exporter</title>
<style>:root{color-scheme:light dark}body{font:1rem/1.5 system-ui,sans-serif;max-width:40rem;margin:3rem auto;padding:0 1rem}</style></head>
<body>
<h1>Presage exporter</h1>
<p>Host metrics for Prometheus. Version ${escape(version)}.</p>
<ul>
${items.join('\n')}
<li><a href="/-/healthy">Health</a></li>
</ul>
</body>
</html>
`;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
