import assert from 'node:assert/strict';
import { test } from 'node:test';
import { detectFormat } from '../../../../src/core/formats/detect';
import { sampleOf } from '../check';

const LINES = 60;
const two = (i: number) => String(i).padStart(2, '0');
const share = (i: number) => Math.floor((i * 100) / LINES);

/** What other programs write: name of the file, its line number `i`, and what stands above the lines. */
const OTHERS: readonly (readonly [name: string, line: (i: number) => string, head?: string])[] = [
  [
    'access.log',
    (i) => `10.0.0.${i} - - [20/May/2026:10:${two(i)}:00 +0000] "GET /step/${i} HTTP/1.1" 200 ${i * 13} "-"`,
  ],
  [
    'pytest.log',
    (i) => `tests/test_loss.py::test_step_${i} PASSED [${share(i)}%]`,
    '=== test session starts ===\ncollected 60 items',
  ],
  ['apt.log', (i) => `Get:${i} http://deb.example.org/debian bookworm/main amd64 lib${i} amd64 ${i}.2-1 [${i * 3} kB]`],
  ['cmake.log', (i) => `[${share(i)}%] Building CXX object src/CMakeFiles/loss.dir/step${i}.cpp.o`],
  ['ninja.log', (i) => `[${i}/60] c++ -O2 -c loss_${i}.cc -o loss_${i}.o`],
  ['make.log', (i) => `gcc -O2 -DNORM=${i} -c file${i}.c`],
  ['ping.log', (i) => `64 bytes from 10.0.0.8: icmp_seq=${i} ttl=117 time=${10 + (i % 5)}.2 ms`],
  ['pings.log', (i) => `${i} packets transmitted, ${i} received, ${i % 3}% packet loss, time 59071ms`],
  ['wifi.csv', (i) => `${1_700_000_000 + i},${i % 3},${i + 10}`, 'time,packet_loss,rtt'],
  [
    'sensor.csv',
    (i) => `${1_700_000_000 + i * 60},${20 + (i % 5)}.1,${40 + (i % 9)}`,
    'timestamp,temperature,humidity',
  ],
  [
    'gpu.csv',
    (i) => `2026/05/20 10:00:${two(i)}.000, 0, ${i} %, ${i * 10} MiB`,
    'timestamp, index, utilization.gpu [%], memory.used [MiB]',
  ],
  [
    'iris.csv',
    (i) => `${5 + (i % 3)}.1,3.${i % 9},1.${i % 7},0.2,setosa`,
    'sepal_length,sepal_width,petal_length,petal_width,species',
  ],
  [
    'prices.csv',
    (i) => `2026-01-${two((i % 28) + 1)},${100 + i},${101 + i},${99 + i},${i * 1000}`,
    'date,open,high,low,volume',
  ],
  ['packages.csv', (i) => `pkg${i},1.${i}.0,MIT`, 'name,version,license'],
  ['evaluation.md', (i) => `| task${i} | 1 | none | 0 | acc | 0.${i + 10} | ± | 0.01 |`],
  [
    'vmstat.log',
    (i) => ` 1  0      0 ${i * 1000} 200 300    0    0     1    ${i}`,
    ' r  b   swpd   free   buff  cache   si   so    bi    bo',
  ],
  [
    'dmesg.log',
    (i) => `[${(i * 1.234).toFixed(6).padStart(12)}] usb 1-1: new high-speed USB device number ${i} using xhci_hcd`,
  ],
  ['journal.log', (i) => `May 20 10:${two(i)}:00 host systemd[1]: Started Session ${i} of user root.`],
  [
    'postgres.log',
    (i) =>
      `2026-05-20 10:${two(i)}:00 UTC [${i}] LOG:  checkpoint complete: wrote ${i} buffers (0.1%); write=${i}.01 s, total=${i}.02 s`,
  ],
  ['controller.log', (i) => `2026-05-20T10:${two(i)}:00Z INFO controller reconcile attempt ${i} node n${i}`],
  ['npm.log', (i) => `npm http fetch GET 200 https://registry.example.org/pkg${i} ${i * 7}ms (cache miss)`],
  ['answers.jsonl', (i) => `{"id": "q${i}", "prompt": "x", "score": ${i % 5}, "answer": "step 1: do"}`],
  ['texts.jsonl', (i) => `{"text": "epoch ${i} loss 2.${i}", "label": ${i % 2}}`],
  [
    'download.log',
    (i) => `model.safetensors:  ${share(i)}%|███       | ${i * 10}M/600M [00:${two(i)}<00:30, 10.1MB/s]`,
  ],
  [
    'tokenize.log',
    (i) => `Map (num_proc=8): ${share(i)}%|███       | ${i * 1000}/60000 [00:${two(i)}<00:30, 1010.1 examples/s]`,
  ],
  ['game.log', (i) => `Turn ${i}: player scored ${i * 10} points`],
  ['lammps.log', (i) => `${i * 100} ${300 + (i % 5)} -4.5 0 -3.${i} 1.2`, 'Step Temp E_pair E_mol TotEng Press'],
  ['fio.log', (i) => `job ${i}: read: IOPS=${i * 10}, BW=${i}MiB/s, lat avg=${i}.5us`],
  ['ci.log', (i) => `2026-05-20T10:${two(i)}:00.1234567Z Step ${i}/60 : RUN pip install pkg${i}`],
  ['docker.log', (i) => `#${i} [${i}/60] RUN make step${i}\n#${i} DONE ${i}.3s`],
  ['coverage.log', (i) => `mod${i}.py   ${i * 10}   ${i}   ${100 - i}%`, 'Name    Stmts   Miss  Cover'],
  ['benchmark.log', (i) => `BM_Step/${i}      ${i * 10} ns      ${i * 9} ns      ${i * 1000}`],
  ['slurmd.log', (i) => `slurmstepd: error: *** STEP ${i}.0 ON node${i} CANCELLED AT 2026-05-20T10:${two(i)}:00 ***`],
  [
    'vllm.log',
    (i) =>
      `INFO 05-20 10:${two(i)}:00 metrics.py:345] Avg prompt throughput: ${i}.1 tokens/s, Running: ${i % 4} reqs, GPU KV cache usage: ${i}.1%`,
  ],
  [
    'chess.log',
    (i) =>
      `info depth ${i} seldepth ${i + 3} multipv 1 score cp ${i} nodes ${i * 1000} nps 12345 time ${i * 10} pv e2e4`,
  ],
  ['todo.txt', (i) => `- step ${i}: reduce the loss by ${i}%`],
  ['git.log', (i) => `commit abc${i}\nAuthor: x\n\n    epoch ${i}: fix loss of step ${i * 10}\n`],
  ['tsc.log', (i) => `src/step${i}.ts(${i},${i}): error TS2345: Argument of type loss`],
  ['ansible.log', (i) => `TASK [role : step ${i}] *****\nok: [host${i}]`],
  [
    'spark.log',
    (i) =>
      `26/05/20 10:${two(i)}:00 INFO TaskSetManager: Finished task ${i}.0 in stage 1.0 (TID ${i}) in ${i * 3} ms (${i}/60)`,
  ],
  [
    'kafka.log',
    (i) => `[2026-05-20 10:${two(i)}:00,123] INFO [GroupCoordinator 0]: epoch ${i} leader ${i % 3} generation ${i}`,
  ],
  ['retry.log', (i) => `batch ${i}/60 failed with error 0.5, retrying in ${i} s; success rate ${i}%`],
  ['etl.log', (i) => `INFO Processed batch ${i}/60: ${i * 1000} rows, took 1.${i}s`],
  ['iperf.log', (i) => `[  5]   ${i}.00-${i + 1}.00   sec   112 MBytes   941 Mbits/sec    0    385 KBytes`],
  [
    'energies.log',
    (i) => `${String(i).padStart(6)} ${(10 / (i + 1)).toExponential(7)} 1.00e-0${i % 9} 2.0e-01  -1.0`,
    '  iter    energy    inf_pr   inf_du lg(mu)',
  ],
];

for (const [name, line, head] of OTHERS) {
  test(`${name} is the log of no training`, () => {
    const lines = Array.from({ length: LINES }, (_, i) => line(i));
    const text = [...(head === undefined ? [] : [head]), ...lines, ''].join('\n');
    assert.equal(detectFormat(sampleOf(name, new TextEncoder().encode(text)))?.format.id, undefined);
  });
}
