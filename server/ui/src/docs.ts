/** The API browser of `/docs`: Swagger UI over the server's own OpenAPI description. */
import SwaggerUI from "swagger-ui-dist/swagger-ui-es-bundle.js";
import "swagger-ui-dist/swagger-ui.css";

const place = document.getElementById("api");
if (place?.dataset.openapi) {
  SwaggerUI({
    domNode: place,
    url: place.dataset.openapi,
    deepLinking: true,
    tryItOutEnabled: true,
    // The validator badge would call a server elsewhere.
    validatorUrl: null,
  });
}
