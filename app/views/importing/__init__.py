"""The import pages: file, mapping, review and run."""
