"""What is made of a built scenario for its readers: the page, the print, the manifest, the closing summary."""
