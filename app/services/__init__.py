"""What the product does; no Qt."""
