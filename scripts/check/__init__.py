"""What must hold of the package, asked of its files."""
