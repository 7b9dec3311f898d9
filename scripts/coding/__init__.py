"""What curators do: words into offsets, raw passes into agreement."""
