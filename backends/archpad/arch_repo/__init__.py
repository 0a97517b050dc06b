"""The ArchiMate repository: elements, relationships, solutions, directories, their history, and their exchange."""
