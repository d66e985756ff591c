/** Links to things of the graph by their names, in the table of an answer: the things are asked for once, all together. */
const BASE = "https://w3id.org/ivig/";
const known = new Map<string, string>();

export async function nameThings(root: HTMLElement, endpoint: string, home: string): Promise<void> {
  const links = [...root.querySelectorAll<HTMLAnchorElement>(`td a[href^="${BASE}"]`)];
  const wanted = [...new Set(links.map((link) => link.href))].filter((iri) => !known.has(iri) && !/[<>"{}|\\^`\s]/.test(iri));
  if (wanted.length) {
    for (const iri of wanted) known.set(iri, "");
    const query = `SELECT ?thing (SAMPLE(?name) AS ?label) WHERE { VALUES ?thing { ${wanted.map((iri) => `<${iri}>`).join(" ")} } ?thing skos:prefLabel|rdfs:label ?name } GROUP BY ?thing`;
    const answer = await fetch(endpoint, { method: "POST", body: new URLSearchParams({ query }), headers: { accept: "application/sparql-results+json" } }).catch(() => null);
    if (answer?.ok) for (const row of (await answer.json()).results.bindings) known.set(row.thing.value, row.label?.value ?? "");
  }
  for (const link of links) {
    const iri = link.href;
    link.title = iri;
    // The same thing on this server.
    link.href = home + iri.slice(BASE.length);
    link.removeAttribute("target");
    if (known.get(iri)) link.textContent = known.get(iri) ?? "";
  }
}
