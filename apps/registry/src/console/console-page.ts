/** Names of the files that the page loads. */
export interface PageFiles {
  readonly main: string;
  readonly style: string | undefined;
  readonly theme: string;
}

/**
 * The one page of the console. With absolute URLs: `base-uri 'none'` forbids `<base>`, and it is answered for any path below
 * `/console`.
 */
export function consolePage(basePath: string, { main, style, theme }: PageFiles): string {
  const assets = `${attribute(basePath)}/console/assets`;
  const styles = style === undefined ? '' : `\n<link rel="stylesheet" href="${assets}/${style}">`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="base-path" content="${attribute(basePath)}">
<title>MCP Registry</title>
<link rel="icon" href="data:,">
<script src="${assets}/${theme}"></script>${styles}
<script type="module" src="${assets}/${main}"></script>
</head>
<body>
<div id="app"></div>
<noscript>The console needs JavaScript. mcp-registry does the same on the command line.</noscript>
</body>
</html>
`;
}

function attribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}
