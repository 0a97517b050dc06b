"""A repository that has no description -> a first backend.py: what was found, what was guessed, what is unknown.

sources/    one file a kind of source: each tells what its files say of which process
join        what several files say of one process, put together
sketch      the description as it will be written, with a remark where something is only a guess
write       the sketch as Python that a person would want to keep
"""
