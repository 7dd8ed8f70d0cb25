import * as vscode from 'vscode';
import { isDiscoveryEnabled } from './settings';

/** Names that only training runs have, and logs in the folders where runs usually are. */
const CANDIDATES =
  '{**/{trainer_state.json,events.out.tfevents.*,nohup.out,train.log,training.log,metrics.jsonl,metrics.csv},' +
  '**/{runs,logs,log,outputs,output,out,wandb,lightning_logs,checkpoints,results}/**/*.{log,txt,out,csv,tsv,jsonl},' +
  '*.{log,out,jsonl,csv}}';

const NEVER = '**/{node_modules,.git,.venv,venv,site-packages}/**';

/**
 * True when the workspace holds a file that may be the log of a run. One search for one file by the editor's own
 * search process: cheap, and nothing of the extension is started.
 */
export async function mayHoldRuns(): Promise<boolean> {
  if (!isDiscoveryEnabled() || vscode.workspace.workspaceFolders === undefined) return false;
  return (await vscode.workspace.findFiles(CANDIDATES, NEVER, 1)).length > 0;
}
