/** A link to all of a table that a page shows the beginning of: with a script the table grows in its place. */
export function replaceInPlace(link: HTMLAnchorElement): void {
  link.addEventListener("click", async (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    link.setAttribute("aria-busy", "true");
    const id = link.dataset.replaces ?? "";
    try {
      const answer = await fetch(link.href, { headers: { accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const found = page.getElementById(id);
      const more = page.querySelector("nav.paging");
      if (!answer.ok || !found) throw new Error(answer.statusText);
      document.getElementById(id)?.replaceWith(document.adoptNode(found));
      if (more) link.replaceWith(document.adoptNode(more));
      else link.remove();
      const table = document.getElementById(id);
      table?.setAttribute("tabindex", "-1");
      table?.focus({ preventScroll: true });
    } catch {
      // What could not be fetched in place is there as a page.
      location.assign(link.href);
    }
  });
}
