"""The index as a workbook: out with every stage, back in with weights, directions or experts' points changed."""
