import { execFile } from 'node:child_process';
import { LosslineError } from '../../core/errors';
import { parseScontrol, type SlurmJob } from '../../core/sources/remote/slurm';
import type { SshFileSystem } from './sshFileSystem';

const MAX_OUTPUT = 4 * 1024 * 1024;
const TIME_LIMIT = 30_000;

/**
 * What Slurm knows of a job, asked with `scontrol` here or on a login node. Throws `remote.noProgram` and
 * `remote.notFound` in words. Source: scontrol(1).
 */
export async function slurmJobs(job: string, machine: SshFileSystem | undefined): Promise<SlurmJob[]> {
  const argv = ['scontrol', 'show', 'job', job];
  const { code, output } = await (machine === undefined ? runHere(argv) : machine.run(argv, MAX_OUTPUT));
  if (code === 127) {
    const place =
      machine === undefined ? 'this machine. Write slurm:JOB@login-node to ask a login node' : machine.host.destination;
    throw new LosslineError('remote.noProgram', `There is no scontrol on ${place}.`);
  }
  const jobs = parseScontrol(output);
  if (jobs.length > 0) return jobs;
  const said = output
    .replace(/[\x00-\x1f\x7f]+/g, ' ')
    .trim()
    .slice(0, 200);
  const hint = /Invalid job id/i.test(output)
    ? 'Slurm forgets a job minutes after its end: add its output file instead.'
    : `scontrol says: ${said}`;
  throw new LosslineError('remote.notFound', `Slurm knows no job ${job}. ${hint}`);
}

/** Exit code 127 stands for a program that was not found, as in a shell. */
function runHere([program, ...args]: string[]): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    execFile(program!, args, { timeout: TIME_LIMIT, maxBuffer: MAX_OUTPUT }, (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code === 'ENOENT' ? 127 : typeof error.code === 'number' ? error.code : 1;
      resolve({ code, output: stdout + stderr });
    });
  });
}
