"""What is published, in which formats, and what changed since the last time."""
