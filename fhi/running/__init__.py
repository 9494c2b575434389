"""What runs a scenario: its file, the stages and their records, the workbook, the checks and the documents."""
