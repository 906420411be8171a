// TwiML with its parts marked for colour, as DOM nodes: what an application sends is never markup here.
const PARTS =
  /(?<comment><!--[\s\S]*?-->)|(?<head><\?[\s\S]*?\?>)|(?<tag><\/?[^\s<>/]+)|(?<name>[^\s=<>"'/]+(?==["']))|(?<value>"[^"]*"|'[^']*')|(?<close>\/?>)/g;

/** Gives nodes for `text`, the same letters in all. */
export function coloured(text) {
  const made = document.createDocumentFragment();
  let end = 0;
  let isInTag = false;
  for (const found of text.matchAll(PARTS)) {
    const [kind] = Object.entries(found.groups).find(([, part]) => part !== undefined);
    const isOfTag = kind === "name" || kind === "value" || kind === "close";
    if (isOfTag && !isInTag) {
      continue; // an equals sign in the words of a Say is no attribute
    }
    made.append(text.slice(end, found.index), part(kind, found[0]));
    end = found.index + found[0].length;
    isInTag = kind === "tag" || (isInTag && kind !== "close");
  }
  made.append(text.slice(end));
  return made;
}

function part(kind, text) {
  const made = document.createElement("span");
  made.className = `x-${kind === "close" ? "tag" : kind}`;
  made.textContent = text;
  return made;
}
