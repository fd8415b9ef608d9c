"""What surrounds the compiler: formatter, comparison, schemas and colours for editors, drawings."""
