# Made by `stead render` from backend.py: change that, or delete this line to own the file. [bb57c7da220a8753]
FROM scratch
