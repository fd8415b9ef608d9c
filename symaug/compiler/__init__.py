"""From documents to a `Program`: what every group element does to every tensor, as data."""
