-- Names in the GraphQL API that differ from the usual ones. Configuration, and no tenant's.
-- column_name is empty for the table's own name; for a relationship it is the name that the relationship would have.
CREATE TABLE hasura_name (
    table_name  text NOT NULL,
    column_name text NOT NULL DEFAULT '',
    name        text NOT NULL CHECK (name ~ '^[_A-Za-z][_0-9A-Za-z]*$'),
    PRIMARY KEY (table_name, column_name)
);
