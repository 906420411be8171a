// What the line does just now, in a few words for the foot of the screen.

/** For its head. */
export const WHO = { idle: "Ready", rings: "Ringing", speaks: "Connected", listens: "Connected", over: "Call ended" };

/** Of null: before any call. */
export function stateWords(now) {
  if (now === null) {
    return "Call: green key, C or Enter";
  }
  const { state, askedSeconds, isDelayed, secondsLeft, isHangingUp } = now;
  if (isHangingUp) {
    return "Hanging up …";
  }
  if (askedSeconds !== null) {
    return `Asking the application … ${Math.floor(askedSeconds)} s`;
  }
  if (isDelayed && secondsLeft !== null) {
    return `The application is slow on purpose … ${whole(secondsLeft)} s`;
  }
  if (state === null) {
    return "Ringing …";
  }
  return waits(now);
}

function waits({ state, secondsLeft }) {
  const left = secondsLeft === null ? "" : ` · ${whole(secondsLeft)} s`;
  switch (state.waiting) {
    case "gather":
      return `The line listens: ${what(state.listens)}${left}`;
    case "record":
      return "The line records you; a key or silence ends it";
    case "queue":
      return "You wait in a queue";
    default:
      return state.listens.includes("keys") ? "The line speaks; a key interrupts it" : "The line speaks";
  }
}

function what(listens) {
  const ways = [listens.includes("keys") && "press a key", listens.includes("speech") && "say something"];
  return ways.filter(Boolean).join(" or ") || "to nothing";
}

/** Up, but not for the thousandth of a second by which a clock is never exact. */
const whole = (seconds) => Math.ceil(seconds - 0.05);
