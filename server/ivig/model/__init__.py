"""What the words mean: records, identifiers, labels."""
