"""Pictures of results: matplotlib's only door."""
