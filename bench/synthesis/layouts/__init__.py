"""What each distributor's tree looks like, a plan a dataset: names, labels, quirks; no pixels."""
