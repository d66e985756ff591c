"""Records into statements: imports, templates, source passages, drift of mappings."""
