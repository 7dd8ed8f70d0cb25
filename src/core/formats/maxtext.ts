import { FieldReader, type FieldRule } from './text/fields';
import { type LineFile, LineMatch, lineFormat } from './text/lineFormat';
import { emitRecord } from './text/lineRecord';
import { type Literal, PythonScanner } from './text/python';
import { ascii, type Scanner } from './text/scanner';

const COMPLETED = ascii('completed step: ');
const EVAL_AFTER = ascii('eval metrics after step: ');
const AVERAGE_AFTER = ascii('average loss after step=');
const PARAMETER = ascii('Config param ');
const RESTORING = [
  ascii("restoring from this run's directory latest step "),
  ascii("restoring from this run's directory step "),
  ascii('restored from checkpoint at step '),
];
const COMMA = 0x2c;
const COLON = 0x3a;

/** Settings of which a plan is made. */
interface Plan {
  readonly steps?: number;
  readonly learning_rate?: number;
  readonly learning_rate_schedule_steps?: number;
  readonly warmup_steps_fraction?: number;
  readonly learning_rate_final_fraction?: number;
  readonly cosine_learning_rate_final_fraction?: number;
  readonly wsd_decay_steps_fraction?: number;
}

interface State {
  readonly train: FieldReader;
  readonly evaluated: FieldReader;
  readonly python: PythonScanner;
  plan: Plan;
  schedule: string;
}

const PLAN_KEYS: readonly string[] = [
  'steps',
  'learning_rate',
  'learning_rate_schedule_steps',
  'warmup_steps_fraction',
  'learning_rate_final_fraction',
  'cosine_learning_rate_final_fraction',
  'wsd_decay_steps_fraction',
];

/** MaxText's console log. */
export const maxtext = lineFormat<State>({
  id: 'maxtext',
  title: 'MaxText',
  source: {
    authors: 'Google',
    year: 2023,
    title: 'MaxText',
    id: 'AI-Hypercomputer/maxtext',
    where: 'src/MaxText/metric_logger.py, log_metrics; pyconfig.py; maxtext_utils.py, create_learning_rate_schedule',
  },
  begin: () => ({
    train: new FieldReader(trainRule, ','),
    evaluated: new FieldReader(evalRule, ','),
    python: new PythonScanner(),
    plan: {},
    schedule: 'cosine',
  }),
  match: (line, file) => {
    line.blanks();
    switch (line.next) {
      case 0x63:
        return matchStep(line, file);
      case 0x65:
      case 0x61:
        return matchEvaluation(line, file);
      case 0x43:
        return matchParameter(line, file);
      case 0x72:
        return matchRestored(line, file);
      default:
        return LineMatch.None;
    }
  },
});

/** `completed step: 0, seconds: 1.353, TFLOP/s/device: 1674.038, Tokens/s/device: 36325.072, …, loss: 10.874`. */
function matchStep(line: Scanner, file: LineFile<State>): LineMatch {
  const { state, sink } = file;
  if (!line.literal(COMPLETED) || !line.integer()) return LineMatch.None;
  const step = line.value;
  const stepAt = line.integerAt;
  if (!line.byte(COMMA) || state.train.read(line) === 0) return LineMatch.None;
  if (state.train.rejected > 0) {
    const message = `Step ${step}: a part of the line is not "name: value" and was left out.`;
    sink.issue('line.malformed', message, file.offset);
    state.train.emit(sink, step);
  } else emitRecord(file, state.train, step, stepAt);
  return LineMatch.Points;
}

/** `eval metrics after step: 4, loss=9.855, total_weights=75264.0`, `average loss after step=4: eval_step_count=10, …`. */
function matchEvaluation(line: Scanner, file: LineFile<State>): LineMatch {
  const { state, sink } = file;
  if (!line.literal(EVAL_AFTER) && !line.literal(AVERAGE_AFTER)) return LineMatch.None;
  if (!line.integer()) return LineMatch.None;
  const step = line.value;
  if (!line.byte(COMMA) && !line.byte(COLON)) return LineMatch.None;
  if (state.evaluated.read(line) === 0) return LineMatch.None;
  state.evaluated.emit(sink, step);
  return LineMatch.Points;
}

function trainRule(key: string): FieldRule | undefined {
  switch (key) {
    case 'loss':
      return { name: 'train_loss' };
    case 'main_model_loss':
      return { name: 'train_loss/main_model' };
    case 'seconds':
      return { name: 'iteration_time' };
    case 'Tokens/s/device':
      return { name: 'throughput' };
    case 'raw_grad_norm':
      return { name: 'grad_norm/raw' };
    default:
      return undefined;
  }
}

function evalRule(key: string): FieldRule {
  const plain = key.replace(/^(?:eval_|avg_)/, '');
  if (plain === 'loss') return { label: 'eval/loss', name: 'val_loss' };
  return { label: `eval/${key}`, name: /_loss$/.test(plain) ? `val_loss/${plain.slice(0, -5)}` : `val/${plain}` };
}

/** `Config param learning_rate: 3e-05`. */
function matchParameter(line: Scanner, { state, sink }: LineFile<State>): LineMatch {
  if (!line.literal(PARAMETER)) return LineMatch.None;
  const start = line.pos;
  if (!line.identifier()) return LineMatch.None;
  const key = line.text(start, line.pos);
  if (!line.byte(COLON)) return LineMatch.None;
  line.blanks();
  const rest = line.text();
  const literal = state.python.literal(line);
  const value: Literal = literal === undefined || !line.atEnd ? rest : literal;
  sink.config(key, value);
  if (key === 'lr_schedule_type' || key === 'learning_rate_schedule_type') state.schedule = String(value).toLowerCase();
  else if (PLAN_KEYS.includes(key) && typeof value === 'number') state.plan = { ...state.plan, [key]: value };
  else return LineMatch.Fact;
  statePlan(state, sink);
  return LineMatch.Fact;
}

/** The rate rises to its peak, falls as a cosine to a fraction of it, and is zero after that. */
function statePlan({ plan, schedule }: State, sink: LineFile<State>['sink']): void {
  const where = 'the config parameters in the log';
  const { steps, learning_rate: peakLr, warmup_steps_fraction: warmup } = plan;
  const final = plan.learning_rate_final_fraction ?? plan.cosine_learning_rate_final_fraction;
  if (steps === undefined || steps <= 0) return;
  sink.plan({ totalSteps: steps }, where);
  if (peakLr !== undefined) sink.plan({ peakLr }, where);
  if (peakLr !== undefined && final !== undefined) sink.plan({ finalLr: peakLr * final }, where);
  if (warmup === undefined) return;
  const length = plan.learning_rate_schedule_steps ?? -1;
  const scheduled = length > 0 ? length : steps;
  const warmupSteps = Math.floor(scheduled * warmup);
  const isWsd = /wsd/.test(schedule);
  const decaySteps = isWsd ? Math.floor(scheduled * (plan.wsd_decay_steps_fraction ?? 0.1)) : scheduled - warmupSteps;
  sink.plan(
    { family: isWsd ? 'wsd-linear' : 'cosine', warmupSteps, decayStart: scheduled - decaySteps, decaySteps },
    where,
  );
}

/** `restoring from this run's directory latest step 4000`. */
function matchRestored(line: Scanner, { sink }: LineFile<State>): LineMatch {
  if (!RESTORING.some((text) => line.literal(text)) || !line.integer()) return LineMatch.None;
  sink.status({ kind: 'resumed', step: line.value });
  return LineMatch.Fact;
}
