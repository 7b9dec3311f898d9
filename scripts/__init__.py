"""What maintainers run: a folder for each thing that they do, and how files are read and written."""
