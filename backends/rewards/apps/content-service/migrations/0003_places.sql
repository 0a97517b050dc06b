CREATE TABLE country (
    code       text        PRIMARY KEY CHECK (code ~ '^[a-z]{2}$'),
    name       text        NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_by text        NOT NULL
);

CREATE TABLE city (
    slug       text        PRIMARY KEY,
    country    text        NOT NULL REFERENCES country (code),
    name       text        NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_by text        NOT NULL
);

CREATE INDEX city_of_country ON city (country, name, slug);

CREATE TABLE place (
    slug        text             PRIMARY KEY,
    city        text             NOT NULL REFERENCES city (slug),
    name        text             NOT NULL,
    description text             NOT NULL,
    latitude    double precision CHECK (latitude BETWEEN -90 AND 90),
    longitude   double precision CHECK (longitude BETWEEN -180 AND 180),
    updated_at  timestamptz      NOT NULL DEFAULT clock_timestamp(),
    updated_by  text             NOT NULL,
    CHECK ((latitude IS NULL) = (longitude IS NULL))
);

CREATE INDEX place_of_city ON place (city, slug);
