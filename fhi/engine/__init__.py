"""The engine: an index from a frame and a tree, its uncertainty and its bounds. It knows no file, city or year."""
