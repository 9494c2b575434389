"""Files as they come: cells, amounts, dates and tables, strict for raw data and tolerant for files of the staff."""
