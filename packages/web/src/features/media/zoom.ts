/** How a picture lies on the stage: enlarged, and moved from the middle by so many pixels. */
export interface View {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Of the stage, in pixels. */
export interface Stage {
  readonly width: number;
  readonly height: number;
}

/** As large as the stage allows. */
export const FIT: View = { scale: 1, x: 0, y: 0 };
export const MOST_SCALE = 8;

const between = (least: number, value: number, most: number) =>
  Math.max(least, Math.min(value, most));

/** No further than to the picture's edges. */
function kept({ scale, x, y }: View, { width, height }: Stage): View {
  const [sideways, upright] = [((scale - 1) * width) / 2, ((scale - 1) * height) / 2];
  return { scale, x: between(-sideways, x, sideways), y: between(-upright, y, upright) };
}

/** Enlarges around a point, which stays where it is; points are counted from the stage's middle. */
export function zoomAt(view: View, at: Point, factor: number, stage: Stage): View {
  const scale = between(1, view.scale * factor, MOST_SCALE);
  const by = scale / view.scale;
  return kept({ scale, x: at.x - (at.x - view.x) * by, y: at.y - (at.y - view.y) * by }, stage);
}

export const panBy = (view: View, { x, y }: Point, stage: Stage): View =>
  kept({ ...view, x: view.x + x, y: view.y + y }, stage);

export const distance = (a: Point, b: Point): number => Math.hypot(a.x - b.x, a.y - b.y);
export const middle = (a: Point, b: Point): Point => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
