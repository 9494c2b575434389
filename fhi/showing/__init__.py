"""What readers see: figures, page, print and comparisons."""
