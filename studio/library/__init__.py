"""Pictures in folders: found, read, embedded, kept in an index on disk, and searched."""
