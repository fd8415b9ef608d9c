"""From text to documents: YAML with positions, expressions, name patterns."""
