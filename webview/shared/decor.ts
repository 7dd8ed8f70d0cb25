import { withAlpha } from './colour';
import type { Context2d, Frame } from './frame';
import { drawLine } from './lines';
import type { SceneBand, SceneEnd, SceneLine, SceneMark, SceneRule } from './scene';

const MARKER_RADIUS = 3.5;
const MARKER_GAP = 12;
const CAP = 4;
/** Room at the top left that the name of the plot takes. */
const NAME_WIDTH = 72;
const LABEL_GAP = 8;

/** Draws everything inside the axes, from the back to the front. */
export function drawScene(frame: Frame): void {
  clipped(frame, () => {
    for (const band of frame.scene.bands) drawBand(frame, band);
    for (const rule of frame.scene.rules) drawRule(frame, rule);
    for (const line of frame.scene.lines) drawLine(frame, line);
    for (const line of frame.scene.lines) if (line.marker === 'diamond') drawMarkers(frame, line);
  });
  if (frame.scene.end !== null) drawEnd(frame, frame.scene.end);
  labelRules(frame);
  drawMarks(frame);
}

function clipped({ context, area }: Frame, draw: () => void): void {
  context.save();
  context.beginPath();
  context.rect(area.left, area.top, area.right - area.left, area.bottom - area.top);
  context.clip();
  draw();
  context.restore();
}

function drawBand(frame: Frame, band: SceneBand): void {
  const { context, theme, x, y } = frame;
  const colour = theme.series[band.role];
  const last = band.steps.length - 1;
  if (last < 1) return;
  context.beginPath();
  for (let index = 0; index <= last; index++) context.lineTo(x(band.steps[index]!), y(band.high[index]!));
  for (let index = last; index >= 0; index--) context.lineTo(x(band.steps[index]!), y(band.low[index]!));
  context.closePath();
  context.fillStyle = withAlpha(colour, band.alpha);
  context.fill();
  if (!theme.highContrast) return;
  context.strokeStyle = withAlpha(colour, 0.8);
  context.lineWidth = 1;
  context.stroke();
}

function drawRule(frame: Frame, rule: SceneRule): void {
  const { context, theme, area } = frame;
  const at = Math.round(frame.x(rule.x)) + 0.5;
  context.strokeStyle = rule.kind === 'restart' ? theme.warning : theme.muted;
  context.globalAlpha = theme.highContrast ? 1 : 0.6;
  context.lineWidth = 1;
  context.setLineDash(rule.kind === 'restart' ? [2, 3] : [1, 3]);
  context.beginPath();
  context.moveTo(at, area.top);
  context.lineTo(at, area.bottom);
  context.stroke();
  context.setLineDash([]);
  context.globalAlpha = 1;
}

/** Names the rules above the plot, the present first; a name that would touch another one is left out. */
function labelRules({ context, scene, theme, area, fontSize, x }: Frame): void {
  context.font = `${fontSize}px ${theme.fontFamily}`;
  context.textBaseline = 'alphabetic';
  context.textAlign = 'left';
  const taken: [number, number][] = [];
  for (const rule of [...scene.rules].sort((a, b) => a.kind.localeCompare(b.kind))) {
    const at = x(rule.x);
    if (rule.label === '' || at < area.left || at > area.right) continue;
    const width = context.measureText(rule.label).width;
    const from = Math.min(Math.max(at, area.left + NAME_WIDTH), area.right - width);
    if (taken.some(([left, right]) => from < right + LABEL_GAP && from + width > left - LABEL_GAP)) continue;
    taken.push([from, from + width]);
    context.fillStyle = rule.kind === 'restart' ? theme.warning : theme.muted;
    context.fillText(rule.label, from, area.top - 4);
  }
}

/** Shapes on the points of a line, never closer than `MARKER_GAP` pixels, always on the last point. */
function drawMarkers(frame: Frame, line: SceneLine): void {
  const { context, theme, area } = frame;
  context.fillStyle = theme.series[line.role];
  context.beginPath();
  let before = Number.NEGATIVE_INFINITY;
  const last = line.points.length - 1;
  for (let index = 0; index <= last; index++) {
    const point = line.points[index]!;
    const at = frame.x(point.x);
    if (at < area.left - MARKER_RADIUS || at > area.right + MARKER_RADIUS) continue;
    if (at - before < MARKER_GAP && index !== last) continue;
    before = at;
    diamondPath(context, at, frame.y(point.y), MARKER_RADIUS);
  }
  context.fill();
}

/** Fills a diamond around a point. */
export function diamond(context: Context2d, x: number, y: number, radius: number): void {
  context.beginPath();
  diamondPath(context, x, y, radius);
  context.fill();
}

function diamondPath(context: Context2d, x: number, y: number, radius: number): void {
  context.moveTo(x, y - radius);
  context.lineTo(x + radius, y);
  context.lineTo(x, y + radius);
  context.lineTo(x - radius, y);
  context.closePath();
}

function drawEnd(frame: Frame, end: SceneEnd): void {
  const { context, theme, area, fontSize } = frame;
  const at = frame.x(end.x);
  if (at < area.left - 1 || at > area.right + 1) return;
  const y = (value: number): number => Math.min(area.bottom, Math.max(area.top, frame.y(value)));
  context.strokeStyle = theme.series.forecast;
  context.fillStyle = theme.series.forecast;
  context.lineWidth = 1;
  whisker(context, at, y(end.interval95[0]), y(end.interval95[1]));
  context.lineWidth = 3;
  context.beginPath();
  context.moveTo(at, y(end.interval80[0]));
  context.lineTo(at, y(end.interval80[1]));
  context.stroke();
  context.beginPath();
  context.arc(at, y(end.value), 4, 0, 2 * Math.PI);
  context.fill();
  context.strokeStyle = theme.background;
  context.lineWidth = 1.5;
  context.stroke();
  if (end.label === '') return;
  const above = y(end.interval95[1]) - 8;
  const fits = above - fontSize - 2 > area.top;
  context.font = `600 ${fontSize + 1}px ${theme.fontFamily}`;
  context.textAlign = 'right';
  context.textBaseline = fits ? 'alphabetic' : 'top';
  context.lineWidth = 4;
  context.lineJoin = 'round';
  const top = fits ? above : y(end.interval95[0]) + 8;
  context.strokeText(end.label, at + 5, top);
  context.fillText(end.label, at + 5, top);
}

function whisker(context: Context2d, x: number, low: number, high: number): void {
  context.beginPath();
  context.moveTo(x - CAP, low);
  context.lineTo(x + CAP, low);
  context.moveTo(x, low);
  context.lineTo(x, high);
  context.moveTo(x - CAP, high);
  context.lineTo(x + CAP, high);
  context.stroke();
}

/** Signs at the edges, of each kind one per few pixels at most: crosses for values, triangles for warnings. */
function drawMarks(frame: Frame): void {
  const { scene, area, x } = frame;
  const before = new Map<SceneMark['kind'], number>();
  for (const { kind, x: step } of scene.marks) {
    const at = x(step);
    if (at < area.left - 1 || at > area.right + 1 || at - (before.get(kind) ?? Number.NEGATIVE_INFINITY) < 5) continue;
    before.set(kind, at);
    if (kind === 'nonFinite') drawCross(frame, at);
    else if (kind === 'checkpoint') drawDisk(frame, at);
    else drawTriangle(frame, at, kind);
  }
}

function drawCross({ context, theme, area }: Frame, at: number): void {
  const middle = area.top + 6;
  context.strokeStyle = theme.error;
  context.lineWidth = 2;
  context.beginPath();
  context.moveTo(at - 3.5, middle - 3.5);
  context.lineTo(at + 3.5, middle + 3.5);
  context.moveTo(at + 3.5, middle - 3.5);
  context.lineTo(at - 3.5, middle + 3.5);
  context.stroke();
}

/** A small cylinder on the lower edge: weights were saved here. */
function drawDisk({ context, theme, area }: Frame, at: number): void {
  context.fillStyle = theme.muted;
  context.fillRect(at - 2.5, area.bottom - 6, 5, 6);
}

/** Points down at the step from the upper edge, below the crosses. */
function drawTriangle({ context, theme, area }: Frame, at: number, kind: 'error' | 'warning' | 'info'): void {
  const top = area.top + 13;
  context.fillStyle = kind === 'info' ? theme.muted : theme[kind];
  context.beginPath();
  context.moveTo(at - 5, top);
  context.lineTo(at + 5, top);
  context.lineTo(at, top + 8);
  context.closePath();
  context.fill();
  if (!theme.highContrast) return;
  context.strokeStyle = theme.foreground;
  context.lineWidth = 1;
  context.stroke();
}
