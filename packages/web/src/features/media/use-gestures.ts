import { type Signal, useSignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { distance, FIT, middle, type Point, panBy, type Stage, type View, zoomAt } from './zoom';

const DOUBLE_CLICK_SCALE = 2.5;
const WHEEL_STEP = 0.002;
/** A finger that moved so far meant to, pixels. */
const SWIPE = 60;
const SWIPE_DOWN = 110;

export interface Swipes {
  onSwipe(step: 1 | -1): void;
  onSwipeDown(): void;
}

/** Zoom by wheel, pinch and double click; moving what is enlarged, and swiping what is not. */
export function useGestures(stage: RefObject<HTMLElement>, swipes: Swipes): Signal<View> {
  const view = useSignal(FIT);
  const latest = useRef(swipes);
  latest.current = swipes;
  useEffect(() => {
    if (!stage.current) return;
    const gestures = new Gestures(stage.current, view, {
      onSwipe: (step) => latest.current.onSwipe(step),
      onSwipeDown: () => latest.current.onSwipeDown(),
    });
    return () => gestures.end();
  }, [stage, view]);
  return view;
}

class Gestures {
  readonly #stage: HTMLElement;
  readonly #view: Signal<View>;
  readonly #swipes: Swipes;
  readonly #controller = new AbortController();
  /** Fingers and buttons that are down, and where. */
  readonly #down = new Map<number, Point>();
  /** Where the only one went down; null after there were two. */
  #from: Point | null = null;

  constructor(stage: HTMLElement, view: Signal<View>, swipes: Swipes) {
    this.#stage = stage;
    this.#view = view;
    this.#swipes = swipes;
    const options = { signal: this.#controller.signal };
    stage.addEventListener('wheel', (event) => this.#wheel(event), { ...options, passive: false });
    stage.addEventListener('dblclick', (event) => this.#doubleClick(event), options);
    stage.addEventListener('pointerdown', (event) => this.#begin(event), options);
    stage.addEventListener('pointermove', (event) => this.#move(event), options);
    stage.addEventListener('pointerup', (event) => this.#lift(event), options);
    stage.addEventListener('pointercancel', (event) => this.#drop(event), options);
  }

  end(): void {
    this.#controller.abort();
  }

  get #size(): Stage {
    return this.#stage.getBoundingClientRect();
  }

  #pointOf({ clientX, clientY }: MouseEvent): Point {
    const { left, top, width, height } = this.#stage.getBoundingClientRect();
    return { x: clientX - left - width / 2, y: clientY - top - height / 2 };
  }

  #zoom(at: Point, factor: number): void {
    this.#view.value = zoomAt(this.#view.value, at, factor, this.#size);
  }

  #wheel(event: WheelEvent): void {
    event.preventDefault();
    this.#zoom(this.#pointOf(event), Math.exp(-event.deltaY * WHEEL_STEP));
  }

  #doubleClick(event: MouseEvent): void {
    if (this.#view.value.scale > 1) this.#view.value = FIT;
    else this.#zoom(this.#pointOf(event), DOUBLE_CLICK_SCALE);
  }

  #begin(event: PointerEvent): void {
    if (event.button !== 0) return;
    this.#stage.setPointerCapture(event.pointerId);
    this.#down.set(event.pointerId, this.#pointOf(event));
    this.#from = this.#down.size === 1 ? this.#pointOf(event) : null;
  }

  #move(event: PointerEvent): void {
    const before = this.#down.get(event.pointerId);
    if (!before) return;
    const now = this.#pointOf(event);
    const other = [...this.#down].find(([id]) => id !== event.pointerId)?.[1];
    this.#down.set(event.pointerId, now);
    if (other) this.#pinch(before, now, other);
    else this.#pan({ x: now.x - before.x, y: now.y - before.y });
  }

  #pinch(before: Point, now: Point, other: Point): void {
    this.#zoom(middle(now, other), distance(now, other) / Math.max(1, distance(before, other)));
    this.#pan({ x: (now.x - before.x) / 2, y: (now.y - before.y) / 2 });
  }

  #pan(by: Point): void {
    if (this.#view.value.scale > 1) this.#view.value = panBy(this.#view.value, by, this.#size);
  }

  #lift(event: PointerEvent): void {
    const from = this.#from;
    this.#drop(event);
    if (!from || this.#view.value.scale > 1) return;
    const to = this.#pointOf(event);
    const [x, y] = [to.x - from.x, to.y - from.y];
    if (Math.abs(x) > SWIPE && Math.abs(x) > Math.abs(y)) this.#swipes.onSwipe(x < 0 ? 1 : -1);
    else if (y > SWIPE_DOWN) this.#swipes.onSwipeDown();
  }

  #drop({ pointerId }: PointerEvent): void {
    this.#down.delete(pointerId);
    this.#from = null;
  }
}
