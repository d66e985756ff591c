/** What every page has: suggestions while one types, parts that come when they are opened; editors and pictures only
 *  where a page has a place for them. Without it every page works as it stands. */
import { followContents } from "./contents";
import { replaceInPlace } from "./replace";
import { suggestFor } from "./suggest";

document.querySelectorAll<HTMLElement>("[data-suggest]").forEach(suggestFor);
document.querySelectorAll<HTMLAnchorElement>("a[data-replaces]").forEach(replaceInPlace);
followContents();

if (document.getElementById("editor")) void import("./sparql");
if (document.querySelector("[data-network]")) void import("./network");
if (document.getElementById("api")) void import("./docs");
