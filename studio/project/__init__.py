"""Projects as files: the `.keydream` format, atomic saving with backups, contained assets. No Qt, torch or numpy."""
