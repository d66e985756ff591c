/** The API browser: Swagger UI over the server's own OpenAPI description. */
import SwaggerUI from "swagger-ui-dist/swagger-ui-es-bundle.js";
import "swagger-ui-dist/swagger-ui.css";
import "./docs.css";

const place = document.getElementById("api");
const dark = matchMedia("(prefers-color-scheme: dark)");
const followScheme = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
followScheme();
dark.addEventListener("change", followScheme);
if (place?.dataset.openapi) {
  SwaggerUI({
    domNode: place,
    url: place.dataset.openapi,
    deepLinking: true,
    tryItOutEnabled: true,
    docExpansion: "none",
    // The validator badge would call a server elsewhere.
    validatorUrl: null,
    // The page has its main part already.
    onComplete: () => document.getElementById("operations")?.setAttribute("role", "presentation"),
  });
}
