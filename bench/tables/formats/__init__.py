"""A section as text: terminal, markdown, csv, json, LaTeX, HTML."""
