import * as path from 'node:path';
import * as vscode from 'vscode';

/**
 * Offers `lossline mcp` for the folders of the workspace to the editor, which starts it when an assistant first needs it.
 * Nothing is offered where the workspace is not trusted or has no folder.
 */
export function registerMcpServer(context: vscode.ExtensionContext): vscode.Disposable[] {
  // Some editors that are made from VS Code leave this part out.
  if (typeof vscode.lm?.registerMcpServerDefinitionProvider !== 'function') return [];
  const didChange = new vscode.EventEmitter<void>();
  const provider = vscode.lm.registerMcpServerDefinitionProvider('lossline.mcp', {
    onDidChangeMcpServerDefinitions: didChange.event,
    provideMcpServerDefinitions: () => definitions(context),
  });
  return [
    provider,
    didChange,
    vscode.workspace.onDidChangeWorkspaceFolders(() => didChange.fire()),
    vscode.workspace.onDidGrantWorkspaceTrust(() => didChange.fire()),
  ];
}

function definitions(context: vscode.ExtensionContext): vscode.McpStdioServerDefinition[] {
  const folders = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
  if (folders.length === 0 || !vscode.workspace.isTrusted) return [];
  const script = path.join(context.extensionPath, 'dist', 'cli.js');
  const args = [script, 'mcp', ...folders.map(({ uri }) => uri.fsPath)];
  const { version } = context.extension.packageJSON as { version: string };
  // On the desktop the editor's own program runs scripts only when it is told to be Node.
  const env = { ELECTRON_RUN_AS_NODE: '1' };
  return [new vscode.McpStdioServerDefinition('Lossline', process.execPath, args, env, version)];
}
