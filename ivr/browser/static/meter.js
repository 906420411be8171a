// The earpiece: its bars move with the sound of the line.
const BARS = 15;
const FALL = 0.82;

/** Draws `level()` into `element` from `start()` on, until the sound has died away after `stop()`. */
export class Meter {
  #element;
  #bars;
  #level;
  #shown = 0;
  #isWanted = false;
  #isDrawing = false;

  constructor(element, level) {
    this.#element = element;
    this.#level = level;
    this.#bars = Array.from({ length: BARS }, () => document.createElement("i"));
    element.append(...this.#bars);
  }

  start() {
    this.#isWanted = true;
    if (!this.#isDrawing) {
      this.#isDrawing = true;
      this.#draw();
    }
  }

  stop() {
    this.#isWanted = false;
  }

  #draw() {
    this.#shown = Math.max(this.#level(), this.#shown * FALL);
    if (this.#shown < 0.01) {
      this.#shown = 0;
    }
    this.#element.dataset.level = Math.round(100 * this.#shown);
    const middle = (BARS - 1) / 2;
    this.#bars.forEach((bar, place) => {
      const share = 1 - (0.75 * Math.abs(place - middle)) / middle;
      bar.style.transform = `scaleY(${0.12 + 0.88 * this.#shown * share})`;
    });
    this.#isDrawing = this.#isWanted || this.#shown > 0;
    if (this.#isDrawing) {
      requestAnimationFrame(() => this.#draw());
    }
  }
}
