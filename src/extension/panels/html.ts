import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';

/**
 * The page of a panel: nothing but its bundle. Scripts run only with the nonce of this page, nothing is loaded from
 * outside, and no text of a log is part of the page: the panel makes its own nodes.
 */
export function panelHtml(webview: vscode.Webview, bundle: vscode.Uri, panel: string): string {
  const nonce = randomBytes(16).toString('base64');
  const script = webview.asWebviewUri(vscode.Uri.joinPath(bundle, `${panel}.js`));
  const style = webview.asWebviewUri(vscode.Uri.joinPath(bundle, `${panel}.css`));
  const csp = [
    `default-src 'none'`,
    `script-src 'nonce-${nonce}' ${webview.cspSource}`,
    `style-src ${webview.cspSource}`,
    `font-src ${webview.cspSource}`,
    `img-src ${webview.cspSource} data: blob:`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="${vscode.env.language}">
<head>
<meta http-equiv="Content-Security-Policy" content="${csp}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${style}">
<title>Lossline</title>
</head>
<body>
<main id="app" data-state="loading"></main>
<script type="application/json" id="l10n">${translations()}</script>
<script type="module" nonce="${nonce}" src="${script}"></script>
</body>
</html>`;
}

/** The texts of the editor's language as a block of data, which is no script: nothing in it can end the block. */
function translations(): string {
  return JSON.stringify(vscode.l10n.bundle ?? {}).replaceAll('<', '\\u003c');
}
