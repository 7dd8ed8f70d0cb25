/** Shots of every combination: a value of `shot` may be a list. */
export function each(shot) {
  return Object.entries(shot).reduce(
    (shots, [key, values]) => shots.flatMap((made) => [values].flat().map((value) => ({ ...made, [key]: value }))),
    [{}],
  );
}
