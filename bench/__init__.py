"""A benchmarking and comparison harness for video facial expression recognition."""
