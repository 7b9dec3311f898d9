"""What is made from the tables: figures of the descriptor, Parquet, metadata, codebook, page."""
