internal import Postgres

extension ShardMigrations {
    static let m0002Hold = Migration(
        name: "0002-hold",
        sql: """
            CREATE FUNCTION hold(expected bigint) RETURNS void LANGUAGE plpgsql AS $$
            BEGIN
                PERFORM 1 FROM owner WHERE number = expected FOR NO KEY UPDATE;
                IF NOT FOUND THEN
                    RAISE EXCEPTION 'another worker owns this shard' USING ERRCODE = 'LD001';
                END IF;
            END $$;
            COMMENT ON FUNCTION hold IS 'fails unless the owner is still this one, and keeps others out until the transaction ends';
            """)
}
