import type { FollowedFile } from '../../src/core/sources/followedFile';
import { until } from './until';

/** Steps of all losses that were read, in order, of all logs of a file. */
export function stepsOf(file: FollowedFile): number[] {
  return file.logs.flatMap((log) => [...(log.find('train_loss')?.steps.view() ?? [])]);
}

/** Looks at the file until it has `count` losses. */
export async function readUntil(file: FollowedFile, count: number): Promise<void> {
  const read = async (): Promise<boolean> => {
    if (stepsOf(file).length < count) await file.poll();
    return stepsOf(file).length >= count;
  };
  await until(`${count} losses`, read, () => ({ losses: stepsOf(file).length, fault: file.fault?.message }));
}
