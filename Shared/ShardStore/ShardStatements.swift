internal import ListCRDT
package import Postgres

/// The statements on a shard's schema, which the connection's search path names.
package enum ShardStatements {
    // MARK: Transactions

    package static let begin = Statement("begin", "BEGIN")
    package static let beginSnapshot = Statement("begin_snapshot", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    package static let commit = Statement("commit", "COMMIT")
    package static let rollback = Statement("rollback", "ROLLBACK")

    // MARK: Ownership

    /// Fails unless the number is still $1, and locks it until the transaction ends: whoever takes over waits for it, and afterwards it
    /// shows another number. So does the next batch, where the outcome of this one is unknown because the connection was lost.
    package static let hold = Statement("hold", "SELECT hold($1)")
    /// The SQLSTATE with which `hold` fails.
    package static let notTheOwner = "LD001"
    package static let takeOver = Statement(
        "take_over", "UPDATE owner SET number = number + 1, instance = $1 RETURNING number")

    // MARK: Documents

    package static let documents = Statement("documents", "SELECT id, kind, context FROM document WHERE id = ANY($1)")
    package static let entries = Statement(
        "entries",
        """
        SELECT e.document, e.collection, e.id, e.state
        FROM unnest($1::bytea[], $2::smallint[], $3::bytea[]) AS wanted(document, collection, id)
        JOIN entry e USING (document, collection, id)
        """)
    /// The same, without naming the document: for a reading of one document.
    package static let entriesOf = Statement(
        "entries_of",
        """
        SELECT e.collection, e.id, e.state
        FROM unnest($1::bytea[], $2::smallint[], $3::bytea[]) AS wanted(document, collection, id)
        JOIN entry e USING (document, collection, id)
        """)
    /// In canonical order.
    package static let wholeDocument = Statement(
        "whole_document", "SELECT collection, id, state FROM entry WHERE document = $1 ORDER BY collection, id")
    /// Head and members. Each of the two is asked for by itself: a set of collections is taken to be most of the document, and then all
    /// of it is read.
    package static let access = Statement(
        "access",
        """
        SELECT collection, id, state FROM entry WHERE document = $1 AND collection = \(Collection.head.rawValue)
        UNION ALL
        SELECT collection, id, state FROM entry WHERE document = $1 AND collection = \(Collection.members.rawValue)
        """)
    /// The operations in ranges of dots; the ranges are disjoint.
    package static let operations = Statement(
        "operations",
        """
        SELECT o.replica, o.counter, o.collection, o.entry, o.author, o.at, o.delta
        FROM unnest($2::bigint[], $3::bigint[], $4::bigint[]) AS wanted(replica, low, high)
        JOIN operation o ON o.document = $1 AND o.replica = wanted.replica
            AND o.counter BETWEEN wanted.low AND wanted.high
        ORDER BY o.replica, o.counter
        """)
    package static let history = Statement(
        "history",
        """
        SELECT replica, counter, collection, entry, author, at, delta FROM operation
        WHERE document = $1 ORDER BY at DESC, stamp DESC, replica, counter DESC LIMIT $2
        """)

    // MARK: Writes of a batch

    // Its owner knows which rows there are, so there is no upsert, which looks for each row and locks it first. Where the owner is
    // wrong the batch fails and is tried again from what the tables say.

    /// The SQLSTATEs of that: a division by zero, a duplicate.
    static let (rowsMissing, rowsThere) = ("22012", "23505")

    /// Of $3 documents.
    package static let changeDocuments = Statement(
        "change_documents",
        """
        WITH changed AS (
            UPDATE document d SET context = fresh.context
            FROM unnest($1::bytea[], $2::bytea[]) AS fresh(id, context)
            WHERE d.id = fresh.id RETURNING 1)
        SELECT 1 / (count(*) = $3::bigint)::int FROM changed
        """)
    package static let addDocuments = Statement(
        "add_documents",
        """
        INSERT INTO document (id, kind, partition, context)
        SELECT * FROM unnest($1::bytea[], $2::smallint[], $3::smallint[], $4::bytea[])
        """)
    /// Of $5 entries.
    package static let changeEntries = Statement(
        "change_entries",
        """
        WITH changed AS (
            UPDATE entry e SET state = fresh.state
            FROM unnest($1::bytea[], $2::smallint[], $3::bytea[], $4::bytea[]) AS fresh(document, collection, id, state)
            WHERE e.document = fresh.document AND e.collection = fresh.collection AND e.id = fresh.id RETURNING 1)
        SELECT 1 / (count(*) = $5::bigint)::int FROM changed
        """)
    package static let addEntries = Statement(
        "add_entries",
        """
        INSERT INTO entry (document, collection, id, state)
        SELECT * FROM unnest($1::bytea[], $2::smallint[], $3::bytea[], $4::bytea[])
        """)
    package static let dropEntries = Statement(
        "drop_entries",
        """
        DELETE FROM entry e USING unnest($1::bytea[], $2::smallint[], $3::bytea[]) AS gone(document, collection, id)
        WHERE e.document = gone.document AND e.collection = gone.collection AND e.id = gone.id
        """)
    /// Of dots that their documents had not seen: so there are none of them yet, and looking for them is left out.
    package static let addOperations = Statement(
        "add_operations",
        """
        INSERT INTO operation (document, replica, counter, collection, entry, stamp, author, at, delta)
        SELECT * FROM unnest($1::bytea[], $2::bigint[], $3::bigint[], $4::smallint[], $5::bytea[],
            $6::bigint[], $7::bytea[], $8::bigint[], $9::bytea[])
        """)
    package static let putHints = Statement(
        "put_hints",
        """
        INSERT INTO hint (absent, document, replica, low, high)
        SELECT * FROM unnest($1::text[], $2::bytea[], $3::bigint[], $4::bigint[], $5::bigint[])
        ON CONFLICT DO NOTHING
        """)

    // MARK: Placement

    package static let placement = Statement("placement", "SELECT body FROM placement")
    package static let putPlacement = Statement(
        "put_placement",
        """
        INSERT INTO placement AS mine (epoch, body) VALUES ($1, $2)
        ON CONFLICT (single) DO UPDATE SET epoch = EXCLUDED.epoch, body = EXCLUDED.body WHERE mine.epoch < EXCLUDED.epoch
        """)

    // MARK: For operators

    package static let counts = Statement(
        "counts",
        """
        SELECT (SELECT count(*) FROM document), (SELECT count(*) FROM entry),
            (SELECT count(*) FROM operation), (SELECT count(*) FROM hint)
        """)
    /// Documents after an id, in the order of their ids, with all that is kept of each in one digest.
    package static let digests = Statement(
        "digests",
        """
        SELECT d.id, sha256(d.kind::text::bytea || d.context || coalesce(
            (SELECT string_agg(sha256(e.collection::text::bytea || e.id || e.state), ''::bytea ORDER BY e.collection, e.id)
             FROM entry e WHERE e.document = d.id), ''::bytea))
        FROM document d WHERE d.id > $1 ORDER BY d.id LIMIT $2
        """)
}
