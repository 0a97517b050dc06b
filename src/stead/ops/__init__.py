"""Operations on a running backend: smoke, story, backup, restore, rotate, ship."""
