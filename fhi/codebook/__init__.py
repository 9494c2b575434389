"""The codebook of the outputs: every table that is written, and what each of its columns means, in two CSV files."""
