// The address holds the page and every choice, so a link shows what its sender saw.
/** Reads page and choices off the address. */
export function readAddress() {
  const [page, query] = location.hash.replace(/^#\/?/, "").split("?");
  return { page, chosen: Object.fromEntries(new URLSearchParams(query ?? "")) };
}

/** The address of a page; choices that mean the same on every page go along. */
export function addressOf(page, chosen = {}) {
  const query = new URLSearchParams(chosen).toString();
  return `#/${page}${query ? `?${query}` : ""}`;
}
