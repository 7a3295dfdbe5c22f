// Elements are built from nodes, never parsed from HTML, so text from the warehouse cannot become
// markup.
const SVG = "http://www.w3.org/2000/svg";

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return node;
}

/** Builds an HTML element. */
export function html(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** Builds an SVG element. */
export function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

/** Builds a figure: heading, text alternative, drawing and notes. */
export function figure(heading, description, drawing, note) {
  drawing.setAttribute("role", "img");
  drawing.setAttribute("aria-label", `${heading}. ${description}`);
  return html(
    "figure",
    {},
    html("figcaption", {}, heading),
    drawing,
    note && html("p", { class: "note" }, note),
  );
}
