internal import Postgres

extension ShardMigrations {
    static let m0001Documents = Migration(
        name: "0001-documents",
        sql: """
            CREATE TABLE document (
                id bytea PRIMARY KEY,
                kind smallint NOT NULL,
                partition smallint NOT NULL,
                context bytea NOT NULL
            ) WITH (fillfactor = 70);
            COMMENT ON COLUMN document.context IS 'every dot this document has seen, in canonical form: its version';

            CREATE TABLE entry (
                document bytea NOT NULL,
                collection smallint NOT NULL,
                id bytea NOT NULL,
                state bytea NOT NULL,
                PRIMARY KEY (document, collection, id)
            ) WITH (fillfactor = 70);
            COMMENT ON TABLE entry IS 'what the operations amount to; an entry that has nothing to keep has no row';

            CREATE TABLE operation (
                document bytea NOT NULL,
                replica bigint NOT NULL,
                counter bigint NOT NULL,
                collection smallint NOT NULL,
                entry bytea NOT NULL,
                stamp bigint NOT NULL,
                author bytea NOT NULL,
                at bigint NOT NULL,
                delta bytea NOT NULL,
                PRIMARY KEY (document, replica, counter)
            );
            COMMENT ON COLUMN operation.stamp IS 'time of the newest register it holds; 0 for a removal';
            COMMENT ON COLUMN operation.delta IS 'empty: the operation shares the delta of the one that covers it';
            COMMENT ON COLUMN operation.at IS 'when a gateway took it in, milliseconds since 1970';

            CREATE TABLE hint (
                absent text NOT NULL,
                document bytea NOT NULL,
                replica bigint NOT NULL,
                low bigint NOT NULL,
                high bigint NOT NULL,
                PRIMARY KEY (absent, document, replica, low, high)
            );
            COMMENT ON TABLE hint IS 'operations low...high of replica that the absent shard missed';

            CREATE TABLE owner (
                single boolean PRIMARY KEY DEFAULT true CHECK (single),
                number bigint NOT NULL,
                instance text NOT NULL
            );
            INSERT INTO owner (number, instance) VALUES (0, '');

            CREATE TABLE placement (
                single boolean PRIMARY KEY DEFAULT true CHECK (single),
                epoch bigint NOT NULL,
                body bytea NOT NULL
            );
            """)
}
