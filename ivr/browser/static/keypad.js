// The keypad on the page, and the keys of the keyboard.
const KEYS = [
  ["1", ""], ["2", "abc"], ["3", "def"], ["4", "ghi"], ["5", "jkl"], ["6", "mno"],
  ["7", "pqrs"], ["8", "tuv"], ["9", "wxyz"], ["*", ""], ["0", "+"], ["#", ""],
];
const NAMES = { "*": "star", "#": "hash" };
const SHOWN = { "*": "✱" };
const PRESSED_MS = 140;
/** The click that a browser makes of a touch comes so soon after it. */
const CLICK_MS = 600;
const TYPED_IN = "input:not([type=radio], [type=checkbox], [type=range]), textarea, select";
const ACTED_ON = "a, button, input, select, summary, textarea";

/** Makes the keys inside `element`; `press(key)` is told of each press, once. */
export class Keypad {
  #buttons = new Map();

  constructor(element, press) {
    for (const [key, letters] of KEYS) {
      const button = this.#button(key, letters);
      onPress(button, () => press(key));
      this.#buttons.set(key, button);
      element.append(button);
    }
  }

  /** Looks pressed for a moment. */
  show(key) {
    const button = this.#buttons.get(key);
    button.classList.add("pressed");
    setTimeout(() => button.classList.remove("pressed"), PRESSED_MS);
  }

  #button(key, letters) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "key digit";
    button.dataset.key = key;
    button.setAttribute("aria-label", NAMES[key] ?? key);
    const [digit, small] = [document.createElement("b"), document.createElement("small")];
    digit.textContent = SHOWN[key] ?? key;
    small.textContent = letters;
    button.append(digit, small);
    return button;
  }
}

/** A finger counts as it goes down; keyboard and screen reader by the click that they make. */
function onPress(button, act) {
  let touched = -Infinity;
  button.addEventListener("pointerdown", (event) => {
    if (event.button === 0) {
      touched = event.timeStamp;
      act();
    }
  });
  button.addEventListener("pointerup", (event) => {
    touched = event.timeStamp;
  });
  button.addEventListener("click", (event) => {
    const isOfKeyboard = event.detail === 0;
    if (isOfKeyboard || event.timeStamp - touched > CLICK_MS) {
      act();
    }
  });
}

/** Listens to the keyboard wherever nothing else would: `press(key)`, `call()`, `hangUp()`. */
export function onKeyboard({ press, call, hangUp }) {
  document.addEventListener("keydown", (event) => {
    if (event.repeat && event.key === "Enter" && event.target.closest?.(".key") != null) {
      event.preventDefault(); // a key that is held down is pressed once, also the one in focus
    }
    if (isCommand(event) || event.repeat || event.isComposing || event.target.closest?.(TYPED_IN) != null) {
      return;
    }
    const key = meant(event);
    if (key === "escape" || key === "h") {
      hangUp();
    } else if (/^[0-9*#]$/.test(key)) {
      event.preventDefault(); // the browser's own quick search
      press(key);
    } else if (key === "c" || (key === "enter" && event.target.closest?.(ACTED_ON) == null)) {
      call();
    }
  });
}

/** For the browser or the machine. Some keyboards make * and # with AltGr, or a Mac's Option key. */
function isCommand({ key, ctrlKey, metaKey, altKey }) {
  return metaKey || ((ctrlKey || altKey) && !(altKey && /^[*#]$/.test(key)));
}

/** A keyboard of another script, Bengali for one, has its own figures and letters on the same keys. */
function meant({ key, code }) {
  const isForeign = /^(?:\p{Nd}|\p{L})$/u.test(key) && !/^[0-9a-z]$/i.test(key);
  return (isForeign ? code.replace(/^(?:Digit|Numpad|Key)/, "") : key).toLowerCase();
}
