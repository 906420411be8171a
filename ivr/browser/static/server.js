// The page's own server: JSON there and back. The paths are those of the page, so none leaves it.

export const GONE =
  "The page’s own server does not answer; is `ivr dev` (or `ivr phone`) still running? The call is over.";
const MUDDLED = "The page’s own server answered with something that is no JSON. The call is over.";

/** The server has said no, in words for a person. */
export class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** The server cannot be reached. */
export class Gone extends Error {
  constructor() {
    super(GONE);
  }
}

export const get = (path) => ask(path, { headers: { Accept: "application/json" } });

export const post = (path, body) =>
  ask(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });

/** Sends without waiting for an answer; also from a page that is going away. */
export function leave(path, body) {
  navigator.sendBeacon(path, new Blob([JSON.stringify(body)], { type: "application/json" }));
}

async function ask(path, options) {
  let answer;
  try {
    answer = await fetch(path, { ...options, cache: "no-store" });
  } catch {
    throw new Gone();
  }
  const told = await answer.json().catch(() => null);
  if (!answer.ok) {
    throw new Refused(answer.status, told?.error ?? `The server answered ${answer.status}.`);
  }
  if (told === null) {
    throw new Refused(answer.status, MUDDLED);
  }
  return told;
}
