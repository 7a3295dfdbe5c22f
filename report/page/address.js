// The URL contains the page and every filter, so a link shows the same view.
/** Reads the page and its filters from the URL. */
export function readAddress() {
  const [page, query] = location.hash.replace(/^#\/?/, "").split("?");
  return { page, chosen: Object.fromEntries(new URLSearchParams(query ?? "")) };
}

/** The URL of a page, with the filters that all pages share. */
export function addressOf(page, chosen = {}) {
  const query = new URLSearchParams(chosen).toString();
  return `#/${page}${query ? `?${query}` : ""}`;
}
