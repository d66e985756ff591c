"""What answers where."""
