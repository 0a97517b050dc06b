-- The first login of a referee after the attribution: it settles the referrer's bonus, once.
ALTER TABLE attribution ADD COLUMN first_login_at timestamptz;
