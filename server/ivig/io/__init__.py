"""Reading and writing files: Turtle, tables, SSSOM, bibliographies, ontologies."""
